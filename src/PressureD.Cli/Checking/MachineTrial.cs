using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Engine;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Checks;
using PressureD.Core.Publishing;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Checking;

/// <summary>
/// Runs a policy on a kernel for a few steps, as a dry run, to find what can never happen there: with the daemon's own
/// loop, so that what counts as unknown here counts as unknown there.
/// </summary>
internal sealed class MachineTrial
{
    /// <summary>As many samples as make a rule degraded that asks for something unknown, and one more.</summary>
    private const int Steps = 6;

    /// <summary>What is about a span of time is known by then, however close together the samples are.</summary>
    private const long SpanUsec = 3_000_000;

    private readonly PolicySet _policy;
    private readonly MachineReach _reach;
    private readonly Contradictions _contradictions;
    private readonly CgroupTable _cgroups;
    private readonly XattrWatch _xattrs;
    private readonly List<Diagnostic> _findings = [];

    private MachineTrial(PolicySet policy, MachineReach reach, CgroupTable cgroups, XattrWatch xattrs)
    {
        _policy = policy;
        _reach = reach;
        _contradictions = new Contradictions(reach.Size);
        _cgroups = cgroups;
        _xattrs = xattrs;
    }

    /// <summary>Takes up to a second for each of a few steps. Changes nothing.</summary>
    /// <param name="kernel">The machine's.</param>
    /// <param name="policy">What is tried.</param>
    /// <param name="reach">What kinds of swap the machine has.</param>
    /// <returns>Warnings, in the order of the rules; then what the machine lacks, without a place.</returns>
    internal static IReadOnlyList<Diagnostic> Run(IKernel kernel, PolicySet policy, MachineReach reach)
    {
        // Not while the daemon's own loop holds as many directories open.
        string[] reasons = Sample(kernel, policy);
        using var cgroups = new CgroupTable(kernel);
        cgroups.Refresh();
        var trial = new MachineTrial(policy, reach, cgroups, new XattrWatch(kernel));
        foreach (Rule rule in policy.Rules)
        {
            trial.CheckDecidable(rule, reasons);
            trial.CheckReach(rule);
            trial.CheckPatterns(rule);
        }

        foreach (string reason in reasons)
        {
            if (!trial.IsOfRule(reason))
                trial._findings.Add(new Diagnostic(DiagnosticSeverity.Warning, "this machine", 0, 0, reason));
        }

        return trial._findings;
    }

    private static string[] Sample(IKernel kernel, PolicySet policy)
    {
        using var daemon = new SimulatedDaemon(
            kernel, policy, static _ => { }, new SimulatedRunStore(SimulatedDaemon.StoreBytes), dryRun: true);
        var snapshot = new DaemonSnapshot();
        long endUsec = kernel.NowUsec + SpanUsec;
        for (int i = 0; i < Steps || kernel.NowUsec < endUsec; i++)
            daemon.Step();
        daemon.Board.TryRead(snapshot, out _);
        return snapshot.DegradedReasons;
    }

    private bool IsOfRule(string reason)
    {
        foreach (Rule rule in _policy.Rules)
        {
            if (IsOfRule(reason, rule))
                return true;
        }

        return false;
    }

    private static bool IsOfRule(string reason, Rule rule) =>
        reason.StartsWith($"rule {rule.Name} ", StringComparison.Ordinal);

    private void CheckDecidable(Rule rule, string[] reasons)
    {
        foreach (string reason in reasons)
        {
            if (IsOfRule(reason, rule))
                Warn(rule, $"{reason}, so that it can never fire; ask about something that this machine has, or "
                    + "switch the rule off");
        }
    }

    private void CheckReach(Rule rule)
    {
        if (_reach.WhyNever(rule) is { } why)
            Warn(rule, $"rule {rule.Name} can never fire here: {why}; if you count on it, add what is missing or ask "
                + "for something else");
        foreach (string complaint in _contradictions.Find(rule))
            Warn(rule, $"the rule '{rule.Name}' {complaint}");
    }

    private void CheckPatterns(Rule rule)
    {
        if (rule.ForEach is { } forEach)
            CheckMatch(rule, forEach);

        IReadOnlySet<int> asked = PresenceAsked.Of(rule);
        for (int i = 0; i < rule.Groups.Length; i++)
        {
            ConditionGroup group = rule.Groups[i];

            // That nobody is there may be just what 'exists' and 'count' are asked for.
            if (!group.CountsNone || asked.Contains(i))
                CheckPattern(rule, group.Pattern, group.Name, "that part of the condition waits for one");
        }

        foreach (RuleAction action in rule.Actions)
        {
            (CgroupPattern? pattern, string key, string outcome) = Reached(action);
            CheckPattern(rule, pattern, $"{key}: {pattern?.Text}", outcome);
        }
    }

    private void CheckMatch(Rule rule, CgroupPattern forEach)
    {
        if (!Matches(forEach))
            Warn(
                rule,
                $"no cgroup here matches 'for-each: {forEach.Text}' now; the rule waits for one{Meant(forEach)}");
        else if (rule.ForEachXattr is { } xattr && !Matches(forEach, xattr))
            Warn(
                rule,
                $"no cgroup here that matches 'for-each: {forEach.Text}' has the attribute {xattr} now; the rule "
                + "waits for one");
    }

    /// <summary>Where an action looks for cgroups, and what comes of it when there are none.</summary>
    private static (CgroupPattern? Pattern, string Key, string Outcome) Reached(RuleAction action) => action switch
    {
        KillAction kill => (kill.From, "from", "the kill would find nobody"),
        ReclaimAction reclaim => (reclaim.Of, "of", "nothing would be reclaimed"),
        OffloadAction offload => (offload.Of, "of", "nothing would be offloaded"),
        ChangeAction { IsOfMachine: false } change => (change.Of, "of", "nothing would be changed"),
        _ => (null, "", ""),
    };

    private void CheckPattern(Rule rule, CgroupPattern? pattern, string where, string outcome)
    {
        if (pattern is { BelowMatch: false } && !Matches(pattern))
            Warn(rule, $"no cgroup here matches '{where}' now; {outcome}{Meant(pattern)}");
    }

    /// <summary>
    /// "; did you mean 'x/*'?": the same below a cgroup that is called nearly what the pattern begins with, where that
    /// matches something.
    /// </summary>
    private string Meant(CgroupPattern pattern)
    {
        int wild = pattern.Text.AsSpan().IndexOfAny("*?{");
        string start = wild < 0 ? pattern.Text : pattern.Text[..wild];
        start = (wild < 0 ? start : start[..(start.LastIndexOf('/') + 1)]).Trim('/');
        var paths = new List<string>();
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            // A name can be what no pattern is, or one that means something else.
            string path = Encoding.UTF8.GetString(slot.Path);
            if (path.AsSpan().IndexOfAny("*?{}[],") < 0 && !path.Any(char.IsControl))
                paths.Add(path);
        }

        if (paths.Contains(start) || Suggestion.Nearest(start, paths) is not { } near)
            return "";
        string rest = pattern.Text.TrimStart('/')[start.Length..];
        string meant = Matches(new CgroupPattern(near + rest)) ? near + rest : near;
        return $"; did you mean '{meant}'?";
    }

    private bool Matches(CgroupPattern pattern, XattrFilter? xattr = null)
    {
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            // What the kernel cannot say now may well be so.
            if (pattern.IsMatch(slot.Path) && (xattr is null || _xattrs.Has(slot, xattr, before: true)))
                return true;
        }

        return false;
    }

    private void Warn(Rule rule, string message) => _findings.Add(new Diagnostic(
        DiagnosticSeverity.Warning, rule.Position.File, rule.Position.Line, rule.Position.Column, message));
}
