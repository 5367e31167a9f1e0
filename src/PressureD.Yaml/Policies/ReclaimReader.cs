using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Schema;

namespace PressureD.Yaml.Policies;

/// <summary>Reads the actions that take memory: reclaim, offload.</summary>
internal static class ReclaimReader
{
    private const int MaxTargets = 32;

    private const long MaxAmountRatio = 500_000;

    // The defaults of Meta's TMO, with a ratio between its 0.05 % and Senpai's 1 %.
    private const long DefaultStallRatio = 1_000;
    private const long DefaultRatio = 5_000;
    private const long DefaultIntervalUsec = 6_000_000;
    private const long DefaultFloorBytes = 64L << 20;
    private const long DefaultSwapOutBytesPerSecond = 1L << 20;

    private const long MaxIntervalUsec = 600_000_000;
    private const long MinIntervalUsec = 1_000_000;

    /// <returns>Null when it cannot be read; whatever is wrong marks the fields around it as failed.</returns>
    public static ReclaimAction? Reclaim(YamlNode node, Fields around, ReadContext context)
    {
        if (Fields.Open(node, PolicySchema.Reclaim, context.Diagnostics) is not { } fields)
            return null;
        fields.Require("amount", node.Position, "an amount such as amount: 5%");
        bool isShare = fields.Node("amount") is YamlScalar scalar && scalar.Value.Trim().EndsWith('%');
        long? amount = isShare
            ? fields.Quantity("amount", UnitKind.Percent, MaxAmountRatio, "50%")
            : fields.Quantity("amount", UnitKind.Bytes, NumberText.MaxValue, "that");
        if (amount == 0)
            fields.Fail(fields.PositionOf("amount"), "'amount' is 0, expected more or no such step");
        var action = new ReclaimAction
        {
            Of = fields.PatternOrAny("of", mayBeBelowMatch: true),
            AtMost = fields.Integer("at-most", 1, MaxTargets) ?? 0,
            AmountRatio = isShare ? amount ?? 0 : 0,
            AmountBytes = isShare ? 0 : amount ?? 0,
            Swappiness = fields.Integer("swappiness", 0, 200) ?? -1,
            FloorBytes = fields.Quantity("floor", UnitKind.Bytes, NumberText.MaxValue, "that") ?? 0,
            DryRun = fields.Flag("dry-run") ?? false,
        };
        if (fields.Failed)
            around.MarkFailed();
        return action;
    }

    /// <returns>Null when it cannot be read; whatever is wrong marks the fields around it as failed.</returns>
    public static OffloadAction? Offload(YamlNode node, Fields around, ReadContext context)
    {
        if (Fields.Open(node, PolicySchema.Offload, context.Diagnostics) is not { } fields)
            return null;
        var action = new OffloadAction
        {
            Of = fields.PatternOrAny("of", mayBeBelowMatch: true),
            StallRatio = fields.Quantity("stall", UnitKind.Percent, 100_000, "10%") ?? DefaultStallRatio,
            Ratio = fields.Quantity("ratio", UnitKind.Percent, 200_000, "20%") ?? DefaultRatio,
            IntervalUsec = fields.Quantity("interval", UnitKind.Duration, MaxIntervalUsec, "10 min")
                ?? DefaultIntervalUsec,
            FloorBytes = fields.Quantity("floor", UnitKind.Bytes, NumberText.MaxValue, "that") ?? DefaultFloorBytes,
            SwapOutBytesPerSecond = fields.Quantity("swap-out", UnitKind.BytesPerSecond, NumberText.MaxValue, "that")
                ?? DefaultSwapOutBytesPerSecond,
            DryRun = fields.Flag("dry-run") ?? false,
        };
        if (action.IntervalUsec < MinIntervalUsec)
            fields.Fail(
                fields.PositionOf("interval"),
                $"'interval' is {fields.Node("interval")!.Kind}, expected 1s to 10min: a stall is not seen in less");
        if (action.StallRatio == 0 || action.Ratio == 0)
            fields.Fail(fields.Position, "offload with a 'stall' or 'ratio' of 0% takes nothing, expected more");
        if (fields.Failed)
            around.MarkFailed();
        return action;
    }
}
