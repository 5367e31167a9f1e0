using System.Collections.Generic;

namespace PressureD.Core.Policy.Expressions;

/// <summary>Every unit a number in a policy can have.</summary>
public static class UnitTable
{
    private static readonly Dictionary<string, (UnitKind Kind, long Scale)> ByText = new()
    {
        [""] = (UnitKind.None, 1),
        ["%"] = (UnitKind.Percent, 10_000),
        ["B"] = (UnitKind.Bytes, 1),
        ["KiB"] = (UnitKind.Bytes, 1L << 10),
        ["MiB"] = (UnitKind.Bytes, 1L << 20),
        ["GiB"] = (UnitKind.Bytes, 1L << 30),
        ["TiB"] = (UnitKind.Bytes, 1L << 40),
        ["ms"] = (UnitKind.Duration, 1_000),
        ["s"] = (UnitKind.Duration, 1_000_000),
        ["min"] = (UnitKind.Duration, 60_000_000),
        ["h"] = (UnitKind.Duration, 3_600_000_000),
        ["B/s"] = (UnitKind.BytesPerSecond, 1),
        ["KiB/s"] = (UnitKind.BytesPerSecond, 1L << 10),
        ["MiB/s"] = (UnitKind.BytesPerSecond, 1L << 20),
        ["GiB/s"] = (UnitKind.BytesPerSecond, 1L << 30),
        ["TiB/s"] = (UnitKind.BytesPerSecond, 1L << 40),
        ["/s"] = (UnitKind.CountPerSecond, 1_000),
    };

    /// <summary>What people write elsewhere in small letters, and what it is called here.</summary>
    private static readonly Dictionary<UnitKind, Dictionary<string, string>> Elsewhere = new()
    {
        [UnitKind.Percent] = new() { ["percent"] = "%", ["pct"] = "%" },
        [UnitKind.Bytes] = new()
        {
            ["b"] = "B", ["byte"] = "B", ["bytes"] = "B",
            ["k"] = "KiB", ["kb"] = "KiB", ["ki"] = "KiB", ["m"] = "MiB", ["mb"] = "MiB", ["mi"] = "MiB",
            ["g"] = "GiB", ["gb"] = "GiB", ["gi"] = "GiB", ["t"] = "TiB", ["tb"] = "TiB", ["ti"] = "TiB",
        },
        [UnitKind.Duration] = new()
        {
            ["msec"] = "ms", ["msecs"] = "ms", ["millisecond"] = "ms", ["milliseconds"] = "ms",
            ["sec"] = "s", ["secs"] = "s", ["second"] = "s", ["seconds"] = "s",
            ["m"] = "min", ["mins"] = "min", ["minute"] = "min", ["minutes"] = "min",
            ["hr"] = "h", ["hrs"] = "h", ["hour"] = "h", ["hours"] = "h",
        },
        [UnitKind.BytesPerSecond] = new()
        {
            ["k/s"] = "KiB/s", ["kb/s"] = "KiB/s", ["m/s"] = "MiB/s", ["mb/s"] = "MiB/s", ["g/s"] = "GiB/s",
            ["gb/s"] = "GiB/s", ["t/s"] = "TiB/s", ["tb/s"] = "TiB/s",
        },
        [UnitKind.CountPerSecond] = new() { ["/sec"] = "/s", ["/second"] = "/s" },
    };

    public static bool TryFind(string text, out UnitKind kind, out long scale)
    {
        bool found = ByText.TryGetValue(text, out (UnitKind Kind, long Scale) unit);
        (kind, scale) = unit;
        return found;
    }

    /// <summary>Every unit of a kind, as it is written, the smallest first.</summary>
    public static List<string> Of(UnitKind kind)
    {
        var units = new List<string>();
        foreach ((string text, (UnitKind Kind, long Scale) unit) in ByText)
        {
            if (unit.Kind == kind)
                units.Add(text);
        }

        return units;
    }

    /// <summary>The unit of a kind that was probably meant, or null.</summary>
    public static string? Nearest(string text, UnitKind kind)
    {
        string small = text.ToLowerInvariant();
        foreach (string unit in Of(kind))
        {
            if (unit.ToLowerInvariant() == small)
                return unit;
        }

        return Elsewhere.GetValueOrDefault(kind)?.GetValueOrDefault(small);
    }

    /// <summary>What a number that is compared with a metric of a unit counts.</summary>
    public static UnitKind KindOf(MetricUnit unit) => unit switch
    {
        MetricUnit.Ratio => UnitKind.Percent,
        MetricUnit.Bytes => UnitKind.Bytes,
        MetricUnit.Duration => UnitKind.Duration,
        MetricUnit.BytesPerSecond => UnitKind.BytesPerSecond,
        MetricUnit.CountPerSecond => UnitKind.CountPerSecond,
        _ => UnitKind.None,
    };

    /// <summary>"a percentage such as 10%": what to write.</summary>
    public static string Example(UnitKind kind) => kind switch
    {
        UnitKind.Percent => "a percentage such as 10%",
        UnitKind.Bytes => "a size such as 50MiB",
        UnitKind.Duration => "a duration such as 10s",
        UnitKind.BytesPerSecond => "a speed such as 10MiB/s",
        UnitKind.CountPerSecond => "a rate such as 100/s",
        _ => "a plain number such as 3",
    };
}
