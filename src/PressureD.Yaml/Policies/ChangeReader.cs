using System.Collections.Immutable;
using System.Globalization;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Schema;

namespace PressureD.Yaml.Policies;

/// <summary>Reads the actions that change control files: throttle, freeze, swap, weight, set.</summary>
internal static class ChangeReader
{
    private const long MaxHurtUsec = 600_000_000;

    private const long MaxLimitUsec = 86_400_000_000;

    private const int MaxTargets = 32;

    private const long DefaultThrottleRatio = 900_000;

    /// <summary>Less would have a small program spend its time faulting its own code back in.</summary>
    private const long DefaultThrottleFloorBytes = 64L << 20;

    /// <returns>Null when it cannot be read; whatever is wrong marks the fields around it as failed.</returns>
    public static ChangeAction? Read(string name, YamlNode node, Fields around, ReadContext context)
    {
        (KeyTable table, ChangeKind kind) = name switch
        {
            "throttle" => (PolicySchema.Throttle, ChangeKind.Throttle),
            "freeze" => (PolicySchema.Freeze, ChangeKind.Freeze),
            "swap" => (PolicySchema.Swap, ChangeKind.Swap),
            "weight" => (PolicySchema.Weight, ChangeKind.Weight),
            _ => (PolicySchema.Set, ChangeKind.Set),
        };
        if (Fields.Open(node, table, context.Diagnostics) is not { } fields)
            return null;
        bool hurts = kind is ChangeKind.Throttle or ChangeKind.Freeze;
        if (hurts)
            fields.Require("for", node.Position, "a time limit such as for: 30s");
        CgroupPattern? of = fields.PatternOrAny("of", mayBeBelowMatch: true);
        var changes = kind switch
        {
            ChangeKind.Throttle => Throttle(fields),
            ChangeKind.Freeze => [new ControlChange("cgroup.freeze") { Text = "1" }],
            ChangeKind.Swap => Swap(fields),
            ChangeKind.Weight => Weight(fields),
            _ => Set(fields),
        };
        long? limitUsec = fields.Quantity(
            "for", UnitKind.Duration, hurts ? MaxHurtUsec : MaxLimitUsec, hurts ? "10 min" : "24h");
        if (limitUsec == 0)
            fields.Fail(fields.PositionOf("for"), "'for' is 0, expected a longer time");
        int? atMost = fields.Integer("at-most", 1, MaxTargets);
        bool dryRun = fields.Flag("dry-run") ?? false;
        if (fields.Failed)
            around.MarkFailed();
        return new ChangeAction
        {
            Kind = kind,
            Of = of,
            AtMost = atMost ?? 0,
            Changes = changes,
            LimitUsec = limitUsec ?? 0,
            DryRun = dryRun,
        };
    }

    /// <summary>A size, or max.</summary>
    public static string? LimitText(Fields fields, string name)
    {
        if (fields.Scalar(name, "a size such as 2GiB, or max") is not { } scalar)
            return null;
        if (scalar.Value == "max")
            return "max";
        return fields.Quantity(name, UnitKind.Bytes, NumberText.MaxValue, "that", or: " or max") is { } bytes
            ? bytes.ToString(CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary>What the swap keys say; a swappiness is the machine's.</summary>
    public static ImmutableArray<ControlChange> SwapLimits(Fields fields)
    {
        var changes = ImmutableArray.CreateBuilder<ControlChange>();
        Add(changes, "memory.swap.max", LimitText(fields, "max"));
        Add(changes, "memory.swap.high", LimitText(fields, "high"));
        Add(changes, "memory.zswap.max", LimitText(fields, "zswap-max"));
        if (fields.Flag("zswap-writeback") is { } writeback)
            changes.Add(new ControlChange("memory.zswap.writeback") { Text = writeback ? "1" : "0" });
        return changes.ToImmutable();
    }

    private static ImmutableArray<ControlChange> Throttle(Fields fields)
    {
        long ratio = fields.Quantity("to", UnitKind.Percent, 1_000_000, "100%") ?? DefaultThrottleRatio;
        if (ratio < 500_000)
            fields.Fail(
                fields.PositionOf("to"),
                $"'to' is {fields.Node("to")!.Kind}, expected 50% to 100%: taking half of what somebody uses away at "
                + "once stalls whoever asks for memory");
        return
        [
            new ControlChange("memory.high")
            {
                ShareRatio = ratio,
                FloorBytes = fields.Quantity("floor", UnitKind.Bytes, NumberText.MaxValue, "that")
                    ?? DefaultThrottleFloorBytes,
                OnlyLower = true,
            },
        ];
    }

    private static ImmutableArray<ControlChange> Swap(Fields fields)
    {
        ImmutableArray<ControlChange> changes = SwapLimits(fields);
        if (fields.Integer("swappiness", 0, 200) is { } swappiness)
            changes = changes.Add(new ControlChange("/proc/sys/vm/swappiness")
            {
                Text = swappiness.ToString(CultureInfo.InvariantCulture),
            });
        if (!fields.HasAny("max", "high", "zswap-max", "zswap-writeback", "swappiness"))
            fields.Fail(
                fields.Position,
                "swap without anything to change, expected one of max, high, zswap-max, zswap-writeback, swappiness");
        return changes;
    }

    private static ImmutableArray<ControlChange> Weight(Fields fields)
    {
        var changes = ImmutableArray.CreateBuilder<ControlChange>();
        Add(changes, "cpu.weight", fields.Integer("cpu", 1, 10_000)?.ToString(CultureInfo.InvariantCulture));
        Add(changes, "io.weight", fields.Integer("io", 1, 10_000)?.ToString(CultureInfo.InvariantCulture));
        if (!fields.HasAny("cpu", "io"))
            fields.Fail(fields.Position, "weight without anything to change, expected cpu or io");
        return changes.ToImmutable();
    }

    private static ImmutableArray<ControlChange> Set(Fields fields)
    {
        fields.Require("file", fields.Position, "a control file such as file: cpu.weight");
        fields.Require("value", fields.Position, "what to write");
        int? choice = fields.Choice("file");
        YamlScalar? scalar = fields.Scalar("value", "a value");
        string file = choice is { } index ? PolicySchema.Set["file"].Choices[index] : "";
        if (file == "memory.high" && !fields.Has("for"))
            fields.Fail(
                fields.Position,
                "set of memory.high without 'for': a leak that is throttled stalls and never ends; expected one "
                + "such as for: 30s");
        if (choice is null || scalar is null)
            return [];
        string? value = file switch
        {
            "memory.oom.group" or "memory.zswap.writeback" => scalar.Value is "0" or "1" ? scalar.Value : null,
            "cpu.weight" or "io.weight" => Number(scalar.Value, 1, 10_000),
            "pids.max" => scalar.Value == "max" ? "max" : Number(scalar.Value, 1, 1 << 22),
            "cpu.max" => CpuMax(scalar.Value),
            _ => LimitText(fields, "value"),
        };
        if (value is null && Expected(file) is { } expected)
            fields.Fail(scalar.Position, $"'value' is {Fields.Shown(scalar)}, expected {expected}");
        return value is null ? [] : [Change(file, value)];
    }

    /// <summary>Null for sizes, whose reading says itself what is wrong.</summary>
    private static string? Expected(string file) => file switch
    {
        "memory.oom.group" or "memory.zswap.writeback" => "0 or 1",
        "cpu.weight" or "io.weight" => "a whole number from 1 to 10000",
        "pids.max" => "a whole number or max",
        "cpu.max" => "a quota of at least 1000 or max, and a period of 1000 to 1000000, in microseconds: 50000 100000",
        _ => null,
    };

    private static string? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= least && number <= most
            ? number.ToString(CultureInfo.InvariantCulture)
            : null;

    private static string? CpuMax(string text)
    {
        string[] parts = text.Split(' ');
        if (parts.Length != 2 || Number(parts[1], 1000, 1_000_000) is not { } period)
            return null;
        string? quota = parts[0] == "max" ? "max" : Number(parts[0], 1000, int.MaxValue);
        return quota is null ? null : $"{quota} {period}";
    }

    private static void Add(ImmutableArray<ControlChange>.Builder changes, string file, string? value)
    {
        if (value is not null)
            changes.Add(Change(file, value));
    }

    /// <summary>Sizes stay numbers: the kernel rounds them to pages, whose size only the machine knows.</summary>
    private static ControlChange Change(string file, string value)
    {
        bool size = file.StartsWith("memory.", System.StringComparison.Ordinal)
            && file is not ("memory.oom.group" or "memory.zswap.writeback") && value != "max";
        return size
            ? new ControlChange(file) { Bytes = long.Parse(value, CultureInfo.InvariantCulture) }
            : new ControlChange(file) { Text = value };
    }
}
