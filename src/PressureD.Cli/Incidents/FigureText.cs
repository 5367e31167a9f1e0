using System;
using System.Globalization;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Cli.Incidents;

/// <summary>
/// What was measured, in words and rounded, as the daemon's log has it. What somebody has set is written exactly
/// (<see cref="QuantityText"/>).
/// </summary>
internal static class FigureText
{
    internal static string Bytes(long? value) => Format(value, static (text, number) => text.AppendBytes(number));

    internal static string Duration(long? value) =>
        Format(value, static (text, number) => text.AppendDuration(number));

    internal static string Percent(long? millionths) =>
        Format(millionths, static (text, number) => text.AppendPercent(number));

    /// <summary>A value in the unit that an incident names.</summary>
    internal static string Of(long? value, string unit) => unit switch
    {
        "millionths" => Percent(value),
        "bytes" => Bytes(value),
        "usec" => value == Quantity.Unlimited ? "not in sight" : Duration(value),
        "bytes/s" => Bytes(value) + "/s",
        "thousandths/s" => value is { } rate ? Number(rate / 1000.0) + "/s" : "unknown",
        _ => value?.ToString(CultureInfo.InvariantCulture) ?? "unknown",
    };

    /// <summary>Seconds from the firing on, signed.</summary>
    internal static string Offset(long usec) =>
        (usec / 1e6).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture) + " s";

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Format(long? value, Action<TextBuffer, long> append)
    {
        TextBuffer text = new(64);
        append(text, value ?? Quantity.Unknown);
        return text.ToString();
    }
}
