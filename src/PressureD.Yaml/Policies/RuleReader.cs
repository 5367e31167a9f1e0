using System.Collections.Generic;
using System.Collections.Immutable;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Schema;

namespace PressureD.Yaml.Policies;

/// <summary>Reads one entry of <c>rules</c>.</summary>
internal static class RuleReader
{
    private const int MaxName = 64;

    private const int MaxActions = 32;

    private const long MaxCooldownUsec = 86_400_000_000;

    /// <returns>Null when not even its name can be read.</returns>
    public static RuleConfig? Read(YamlNode node, ReadContext context)
    {
        if (Fields.Open(node, PolicySchema.Rule, context.Diagnostics) is not { } fields)
            return null;
        fields.Require("name", node.Position, "a name such as name: out-of-memory-soon");
        string? name = Name(fields);
        RuleMode mode = Mode(fields);
        if (mode is RuleMode.New or RuleMode.Replace)
        {
            fields.Require("when", node.Position, "a condition such as when: mem.available < 10%");
            fields.Require("then", node.Position, "a list of actions");
        }

        (CgroupPattern? forEach, XattrFilter? xattr) = ForEachReader.Read(fields, context.Diagnostics);
        bool fits = context.Budget.TakeConditions(Length(fields, "when") + Length(fields, "until"), node.Position);
        if (!fits)
            fields.MarkFailed();
        SourcePosition? belowMatch = null;
        var rule = new RuleConfig
        {
            Name = name ?? "",
            Position = fields.PositionOf("name"),
            Mode = mode,
            ForEach = forEach,
            ForEachXattr = xattr,
            When = fits ? fields.Condition("when") : null,
            Until = fits ? fields.Condition("until") : null,
            CooldownUsec = fields.Quantity("cooldown", UnitKind.Duration, MaxCooldownUsec, "24h"),
            DryRun = fields.Flag("dry-run"),
            Disabled = fields.Flag("disabled"),
            DisabledBy = mode == RuleMode.Disable
                ? ("disable: true", fields.PositionOf("disable"))
                : ("disabled: true", fields.PositionOf("disabled")),
            Actions = Actions(fields, context, ref belowMatch),
            BelowMatch = belowMatch,
        };
        CheckDisable(fields, mode);
        return rule with { Broken = fields.Failed };
    }

    private static int Length(Fields fields, string name) => (fields.Node(name) as YamlScalar)?.Value.Length ?? 0;

    private static string? Name(Fields fields)
    {
        const string expected = "small letters, digits and '-', such as out-of-memory-soon";
        if (fields.Scalar("name", expected) is not { } scalar)
            return null;
        string name = scalar.Value;
        bool valid = name.Length is > 0 and <= MaxName && name[0] != '-' && name[^1] != '-';
        foreach (char c in name)
            valid &= char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-';
        if (valid)
            return name;
        fields.Fail(scalar.Position, $"'name' is {Fields.Shown(scalar)}, expected at most {MaxName} {expected}");
        return null;
    }

    private static RuleMode Mode(Fields fields)
    {
        bool replace = fields.Flag("replace") ?? false;
        bool extend = fields.Flag("extend") ?? false;
        bool disable = fields.Flag("disable") ?? false;
        if ((replace ? 1 : 0) + (extend ? 1 : 0) + (disable ? 1 : 0) > 1)
        {
            fields.Fail(
                fields.PositionOf("name"),
                "a rule has one of 'replace', 'extend' and 'disable' at most; leave the others out");

            // That which asks for nothing else.
            return RuleMode.Extend;
        }

        return replace ? RuleMode.Replace : extend ? RuleMode.Extend : disable ? RuleMode.Disable : RuleMode.New;
    }

    private static void CheckDisable(Fields fields, RuleMode mode)
    {
        if (mode != RuleMode.Disable)
            return;
        foreach ((string name, SourcePosition at) in fields.Given)
        {
            if (name is not ("name" or "disable" or "replace" or "extend"))
                fields.Fail(
                    at,
                    $"'{name}' beside 'disable', expected the name alone; to leave out a new rule write "
                    + "disabled: true");
        }
    }

    private static ImmutableArray<RuleAction>? Actions(
        Fields fields, ReadContext context, ref SourcePosition? belowMatch)
    {
        if (fields.Items("then") is not { } items)
            return null;
        if (items.Count is 0 or > MaxActions)
            fields.Fail(fields.PositionOf("then"), $"'then' has {items.Count} actions, expected 1 to {MaxActions}");
        var actions = ImmutableArray.CreateBuilder<RuleAction>();
        foreach (YamlNode item in items)
        {
            if (!context.Budget.TakeAction(item.Position))
                fields.MarkFailed();
            else if (ActionReader.Read(item, fields, context) is { } action)
            {
                if (action.NeedsMatch)
                    belowMatch ??= item.Position;
                actions.Add(action);
            }
        }

        return actions.ToImmutable();
    }
}
