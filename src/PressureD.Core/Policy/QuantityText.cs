using System.Globalization;
using PressureD.Core.Readers;

namespace PressureD.Core.Policy;

/// <summary>Values in words for people: "102 MiB", "0.5 %", "1.5 s".</summary>
public static class QuantityText
{
    /// <summary>A value of a metric, in its unit's scale.</summary>
    public static string Of(long value, MetricUnit unit) => value switch
    {
        Quantity.Unknown => "unknown",
        Quantity.Unlimited => "unlimited",
        _ => unit switch
        {
            MetricUnit.Ratio => Percent(value),
            MetricUnit.Bytes => Bytes(value),
            MetricUnit.Duration => Duration(value),
            MetricUnit.BytesPerSecond => Bytes(value) + "/s",
            MetricUnit.CountPerSecond => Decimal(value, 1_000) + "/s",
            _ => value.ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <summary>Millionths as a percentage.</summary>
    public static string Percent(long millionths) => Decimal(millionths, 10_000) + " %";

    /// <summary>The largest unit that leaves a number of at least 1, with one decimal below 10.</summary>
    public static string Bytes(long bytes)
    {
        (long scale, string unit) = bytes switch
        {
            >= 1L << 40 => (1L << 40, "TiB"),
            >= 1L << 30 => (1L << 30, "GiB"),
            >= 1L << 20 => (1L << 20, "MiB"),
            >= 1L << 10 => (1L << 10, "KiB"),
            _ => (1L, "B"),
        };
        long tenths = (long)((System.Int128)bytes * 10 / scale);
        string number = tenths >= 100 || tenths % 10 == 0
            ? (tenths / 10).ToString(CultureInfo.InvariantCulture)
            : $"{tenths / 10}.{tenths % 10}";
        return $"{number} {unit}";
    }

    /// <summary>Microseconds, down to the millisecond, exactly: a length that somebody has set.</summary>
    public static string Duration(long usec) => usec switch
    {
        0 => "0 s",
        _ when usec % 3_600_000_000 == 0 => $"{usec / 3_600_000_000} h",
        >= 120_000_000 when usec % 60_000_000 == 0 => $"{usec / 60_000_000} min",
        >= 1_000_000 => Decimal(usec / 1_000, 1_000) + " s",
        >= 1_000 => $"{usec / 1_000} ms",
        _ => $"{usec} µs",
    };

    /// <summary>How many there are of something: "1 rule", "9 rules".</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">What one of them is called.</param>
    /// <param name="many">What several are called; left out, with an s at its end.</param>
    public static string Count(long number, string one, string? many = null) =>
        $"{number.ToString(CultureInfo.InvariantCulture)} {(number == 1 ? one : many ?? one + "s")}";

    /// <summary>A fixed-point number without trailing zeros.</summary>
    private static string Decimal(long value, long scale)
    {
        string whole = (value / scale).ToString(CultureInfo.InvariantCulture);
        long rest = value % scale;
        if (rest == 0)
            return whole;
        string digits = (rest + scale).ToString(CultureInfo.InvariantCulture)[1..];
        return $"{whole}.{digits.TrimEnd('0')}";
    }
}
