using System.Collections.Generic;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Schema;

namespace PressureD.Yaml.Policies;

/// <summary>Reads the top level of one file.</summary>
internal static class PolicyConfigReader
{
    private const long MostIncidentBytes = 1L << 30;

    /// <summary>Looking more often would cost a calm machine wake-ups.</summary>
    private const long LeastAutoReloadUsec = 1_000_000;

    private const long MostAutoReloadUsec = 3_600_000_000;

    public static PolicyConfig Read(YamlNode root, ReadContext context)
    {
        var config = new PolicyConfig();
        if (Fields.Open(root, PolicySchema.Top, context.Diagnostics) is not { } fields)
            return config;
        fields.Integer("version", 1, 1);
        config.AutoReloadUsec = AutoReload(fields);
        if (fields.Node("limits") is { } limits
            && Fields.Open(limits, PolicySchema.Limits, context.Diagnostics) is { } inner)
        {
            config.KillsPerMinute = inner.Integer("kills-per-minute", 1, PolicySet.MaxKillsPerMinute);
            config.IncidentBytes = inner.Quantity("incidents", UnitKind.Bytes, MostIncidentBytes, "1GiB");
            config.FutileKills = inner.Integer("futile-kills", 1, PolicySet.MaxKillsPerMinute);
        }

        config.Protect.AddRange(MatcherReader.ReadList(fields, "protect", context));
        config.Avoid.AddRange(MatcherReader.ReadList(fields, "avoid", context));
        if (fields.Node("swap") is { } swap)
            SwapReader.Read(swap, config, context);
        if (fields.Items("rules") is { } rules)
            ReadRules(rules, config, context, fields);
        return config;
    }

    private static long? AutoReload(Fields fields)
    {
        long? usec = fields.Quantity("auto-reload", UnitKind.Duration, MostAutoReloadUsec, "1h");
        if (usec is not (> 0 and < LeastAutoReloadUsec))
            return usec;
        fields.Fail(
            fields.PositionOf("auto-reload"),
            $"'auto-reload' is {fields.Node("auto-reload")!.Kind}, expected 1s to 1h, or 0s for none");
        return null;
    }

    private static void ReadRules(List<YamlNode> rules, PolicyConfig config, ReadContext context, Fields fields)
    {
        if (rules.Count > PolicyLimits.Rules)
        {
            fields.Fail(
                fields.PositionOf("rules"),
                $"{rules.Count} rules, expected at most {PolicyLimits.Rules}: one with 'for-each' watches many "
                + "cgroups");
            return;
        }

        foreach (YamlNode node in rules)
        {
            if (RuleReader.Read(node, context) is { } rule)
                config.Rules.Add(rule);
        }
    }
}
