using System.Collections.Generic;
using System.Collections.Immutable;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Policies;

/// <summary>
/// The rules of all files so far: a later file can replace, extend or disable a rule of an earlier one.
/// </summary>
/// <param name="diagnostics">Where it complains.</param>
/// <param name="checkCommand">
/// What checks these files together with the policy that they change; null when they have one of their own.
/// </param>
internal sealed class RuleTable(DiagnosticBag diagnostics, string? checkCommand)
{
    private readonly List<RuleConfig> _rules = [];
    private readonly Dictionary<string, int> _places = [];

    /// <summary>Where each of them came first, whatever has changed it since.</summary>
    private readonly List<SourcePosition> _origins = [];

    /// <summary>
    /// Those without a name of their own or a rule to change: what else is wrong with them is said too.
    /// </summary>
    private readonly List<RuleConfig> _stray = [];

    /// <summary>Changes of rules that no earlier file has, and how many rules there were.</summary>
    private readonly List<(RuleConfig Change, int Known)> _unknown = [];

    /// <summary>An earlier file could not be read, so that a rule that is not known may well be in it.</summary>
    public bool MissesRules { get; set; }

    public int Count => _rules.Count;

    public void Apply(RuleConfig rule)
    {
        if (rule.Name.Length == 0)
        {
            _stray.Add(rule);
            return;
        }

        bool known = _places.TryGetValue(rule.Name, out int place);
        if (rule.Mode == RuleMode.New)
            Add(rule, known ? _rules[place] : null);
        else if (!known)
        {
            if (!MissesRules)
                _unknown.Add((rule, _rules.Count));
            _stray.Add(rule);
        }
        else if (_rules[place].Position.File == rule.Position.File)
        {
            diagnostics.Error(
                rule.Position,
                $"the rule '{rule.Name}' is in this very file, on line {_rules[place].Position.Line}: change it there");
            _stray.Add(rule);
        }
        else
        {
            _rules[place] = Changed(_rules[place], rule);
        }
    }

    /// <param name="protect">What every kill spares.</param>
    /// <param name="avoid">What every kill takes last.</param>
    public List<RuleSource> Build(ImmutableArray<Matcher> protect, ImmutableArray<Matcher> avoid)
    {
        var sources = new List<RuleSource>(_rules.Count + _stray.Count);
        foreach (RuleConfig rule in _rules)
            sources.Add(Source(rule, protect, avoid));
        foreach (RuleConfig rule in _stray)
        {
            // A change of a rule that is not there may be of one with a 'for-each'.
            bool mayHaveMatch = rule.Mode == RuleMode.Extend && rule.ForEach is null;
            sources.Add(Source(
                rule with { Broken = true, ForEach = mayHaveMatch ? new CgroupPattern("**") : rule.ForEach },
                protect,
                avoid));
        }

        foreach ((RuleConfig change, int known) in _unknown)
            FailUnknown(change, known);
        return sources;
    }

    private RuleSource Source(RuleConfig rule, ImmutableArray<Matcher> protect, ImmutableArray<Matcher> avoid)
    {
        bool broken = rule.Broken || rule.When is null || rule.Actions is null;
        ImmutableArray<RuleAction> actions = rule.Actions ?? [];
        CheckWhole(rule, actions, broken);
        return new RuleSource
        {
            Name = rule.Name,
            Position = rule.Position,
            ForEach = rule.ForEach,
            ForEachXattr = rule.ForEachXattr,
            When = rule.When,
            Until = rule.Until,
            CooldownUsec = rule.CooldownUsec ?? 0,
            DryRun = rule.DryRun ?? false,
            SwitchedOff = rule.Disabled is true
                ? new SwitchedOffRule(rule.Name, rule.Position, rule.DisabledBy.By, rule.DisabledBy.At)
                : null,
            Actions = Complete(actions, protect, avoid),
            Broken = broken,
        };
    }

    private void Add(RuleConfig rule, RuleConfig? earlier)
    {
        if (earlier is null)
        {
            _places.Add(rule.Name, _rules.Count);
            _rules.Add(rule);
            _origins.Add(rule.Position);
            return;
        }

        string remedy = earlier.Position.File == rule.Position.File
            ? "give it another name"
            : "give it another name, or say replace: true, extend: true or disable: true";
        diagnostics.Error(rule.Position, $"the rule '{rule.Name}' is already at {earlier.Position}; {remedy}");
        _stray.Add(rule);
    }

    /// <param name="rule">The change.</param>
    /// <param name="count">How many of the rules came before it.</param>
    private void FailUnknown(RuleConfig rule, int count)
    {
        string verb = rule.Mode.ToString().ToLowerInvariant();
        diagnostics.Error(rule.Position, $"no rule '{rule.Name}' in an earlier file to {verb}{Remedy(rule, count)}");
    }

    private string Remedy(RuleConfig rule, int count)
    {
        if (_places.TryGetValue(rule.Name, out int place))
        {
            SourcePosition origin = _origins[place];
            return origin.File == rule.Position.File
                ? $": it is in this very file, on line {origin.Line}: change it there"
                : $": it comes later, at {origin}, and a change applies to what comes before it; give this file a "
                    + "later name";
        }

        var names = new List<string>();
        for (int i = 0; i < count; i++)
        {
            if (_origins[i].File != rule.Position.File)
                names.Add(_rules[i].Name);
        }

        string meant = Suggestion.DidYouMean(rule.Name, names);
        if (meant.Length > 0)
            return meant;
        string known = names.Count == 0 ? ": no earlier file has rules"
            : $"; those there are: {string.Join(", ", names)}";
        return checkCommand is null ? known
            : $"{known}; to check a file that changes another policy put that before it: {checkCommand}";
    }

    private static RuleConfig Changed(RuleConfig earlier, RuleConfig change) => change.Mode switch
    {
        RuleMode.Disable => earlier with { Disabled = true, DisabledBy = change.DisabledBy },
        RuleMode.Replace => change,
        _ => earlier with
        {
            Position = change.Position,
            ForEach = change.ForEach ?? earlier.ForEach,
            ForEachXattr = change.ForEach is null ? earlier.ForEachXattr : change.ForEachXattr,
            When = change.When ?? earlier.When,
            Until = change.Until ?? earlier.Until,
            CooldownUsec = change.CooldownUsec ?? earlier.CooldownUsec,
            DryRun = change.DryRun ?? earlier.DryRun,
            Disabled = change.Disabled ?? earlier.Disabled,
            DisabledBy = change.Disabled is null ? earlier.DisabledBy : change.DisabledBy,
            Actions = change.Actions ?? earlier.Actions,
            BelowMatch = change.Actions is null ? earlier.BelowMatch : change.BelowMatch,
            Broken = change.Broken || earlier.Broken,
        },
    };

    private void CheckWhole(RuleConfig rule, ImmutableArray<RuleAction> actions, bool broken)
    {
        if (rule.BelowMatch is { } at && rule.ForEach is null)
            diagnostics.Error(
                at,
                "this step is about the match ('from' or 'of' begins with './', or there is no 'of'), but the rule has "
                + "no 'for-each', expected one such as for-each: user.slice/*, or a pattern from the root");
        bool kills = false;
        bool cools = false;
        foreach (RuleAction action in actions)
        {
            kills |= action is KillAction;
            cools |= action.StartsCooldown;
        }

        bool hasCooldown = rule.CooldownUsec > 0;
        if (hasCooldown && !cools && !kills && !broken)
        {
            diagnostics.Warning(
                rule.Position,
                $"the rule '{rule.Name}' has a 'cooldown' that none of its actions starts: they are done once each "
                + "time that the rule becomes active; to keep it active for longer give it an 'until', such as "
                + "until: not recently(…, 60s)");
        }

        if (!kills || broken || (cools && hasCooldown))
            return;
        diagnostics.Warning(
            rule.Position,
            cools
                ? $"the rule '{rule.Name}' kills without a 'cooldown': the next victim dies before the last one's "
                    + "memory is back; expected one such as cooldown: 1s"
                : $"the rule '{rule.Name}' kills without a pause, since no cooldown starts by a kill with "
                    + "'always-continue': the next victim dies before the last one's memory is back; leave "
                    + $"'always-continue' out{(hasCooldown ? "" : ", and give the rule a pause such as "
                        + "cooldown: 1s")}");
    }

    private static ImmutableArray<RuleAction> Complete(
        ImmutableArray<RuleAction> actions, ImmutableArray<Matcher> protect, ImmutableArray<Matcher> avoid)
    {
        var all = ImmutableArray.CreateBuilder<RuleAction>(actions.Length);
        foreach (RuleAction action in actions)
        {
            all.Add(action switch
            {
                KillAction kill => kill with
                {
                    Protect = kill.Protect.AddRange(protect), Avoid = kill.Avoid.AddRange(avoid),
                },
                UnitAction unit => unit with { Protect = unit.Protect.AddRange(protect) },
                ChangeAction change => change with { Protect = change.Protect.AddRange(protect) },
                _ => action,
            });
        }

        return all.ToImmutable();
    }
}
