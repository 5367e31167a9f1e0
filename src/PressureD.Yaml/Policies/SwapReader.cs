using System.Collections.Generic;
using System.Collections.Immutable;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Schema;

namespace PressureD.Yaml.Policies;

/// <summary>Reads the <c>swap</c> section of one file.</summary>
internal static class SwapReader
{
    private const int MaxLimits = 64;

    public static void Read(YamlNode node, PolicyConfig config, ReadContext context)
    {
        if (Fields.Open(node, PolicySchema.SwapSection, context.Diagnostics) is not { } fields)
            return;
        config.Swappiness = fields.Integer("swappiness", 0, 200);
        if (fields.Items("cgroups") is not { } items)
            return;
        if (items.Count > MaxLimits)
            fields.Fail(
                fields.PositionOf("cgroups"),
                $"{items.Count} swap rules, expected at most {MaxLimits}: a pattern with {{a,b}} is several");
        foreach (YamlNode item in items)
        {
            if (Limit(item, context) is { } limit)
                config.SwapLimits.Add(limit);
        }
    }

    private static SwapLimit? Limit(YamlNode node, ReadContext context)
    {
        if (Fields.Open(node, PolicySchema.SwapLimit, context.Diagnostics) is not { } fields)
            return null;
        fields.Require("match", node.Position, "a cgroup pattern such as match: user.slice/**");
        CgroupPattern? match = fields.Pattern("match", mayBeBelowMatch: false);
        ImmutableArray<ControlChange> changes = ChangeReader.SwapLimits(fields);
        if (!fields.HasAny("max", "high", "zswap-max", "zswap-writeback"))
            fields.Fail(
                fields.Position,
                "a swap rule without a limit, expected one of max, high, zswap-max, zswap-writeback");
        return fields.Failed || match is null ? null : new SwapLimit(match, changes);
    }
}
