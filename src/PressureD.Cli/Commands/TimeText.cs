using System;
using System.Globalization;
using PressureD.Core.Publishing;

namespace PressureD.Cli.Commands;

/// <summary>Lengths of time, read and written.</summary>
internal static class TimeText
{
    private static readonly (string Unit, long Usec)[] Units =
    [
        ("ms", 1_000), ("min", 60_000_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000),
    ];

    /// <summary>Reads "30s", "1.5h", "10min", "250ms".</summary>
    internal static bool TryParse(string text, out long usec)
    {
        usec = 0;
        foreach ((string unit, long unitUsec) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal))
            {
                continue;
            }

            bool read = decimal.TryParse(
                text.AsSpan(0, text.Length - unit.Length).TrimEnd(),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out decimal number);
            if (!read || number > long.MaxValue / unitUsec)
            {
                return false;
            }

            usec = (long)(number * unitUsec);
            return true;
        }

        return false;
    }

    internal static string Of(long usec) => new TextBuffer(32).AppendDuration(usec).ToString();
}
