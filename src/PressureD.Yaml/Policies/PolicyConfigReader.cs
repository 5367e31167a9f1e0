using System.Collections.Generic;
using PressureD.Core.Policy;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Schema;

namespace PressureD.Yaml.Policies;

/// <summary>Reads the top level of one file.</summary>
internal static class PolicyConfigReader
{
    private const int MaxKillsPerMinute = 1000;

    private const int MaxProtect = 1000;

    public static PolicyConfig Read(YamlNode root, ReadContext context)
    {
        var config = new PolicyConfig();
        if (Fields.Open(root, PolicySchema.Top, context.Diagnostics) is not { } fields)
            return config;
        fields.Integer("version", 1, 1);
        if (fields.Node("limits") is { } limits && Fields.Open(limits, PolicySchema.Limits, context.Diagnostics) is { } inner)
            config.KillsPerMinute = inner.Integer("kills-per-minute", 1, MaxKillsPerMinute);
        config.Protect.AddRange(MatcherReader.ReadList(fields, "protect", context));
        if (config.Protect.Count > MaxProtect)
            fields.Fail(fields.PositionOf("protect"), $"{config.Protect.Count} matchers, expected at most {MaxProtect}");
        if (fields.Items("rules") is { } rules)
            ReadRules(rules, config, context, fields);
        return config;
    }

    private static void ReadRules(List<YamlNode> rules, PolicyConfig config, ReadContext context, Fields fields)
    {
        if (rules.Count > PolicyLimits.Rules)
        {
            fields.Fail(fields.PositionOf("rules"), $"{rules.Count} rules, expected at most {PolicyLimits.Rules}");
            return;
        }

        foreach (YamlNode node in rules)
        {
            if (RuleReader.Read(node, context) is { } rule)
                config.Rules.Add(rule);
        }
    }
}
