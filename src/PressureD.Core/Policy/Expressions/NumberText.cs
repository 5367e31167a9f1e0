using System;

namespace PressureD.Core.Policy.Expressions;

/// <summary>Turns a number with a unit, as it is written in a policy, into an integer of the unit's scale.</summary>
public static class NumberText
{
    /// <summary>Half of what fits, so that sums and differences of two values cannot overflow.</summary>
    public const long MaxValue = long.MaxValue / 2;

    private const int MaxDigits = 18;

    /// <summary>
    /// Reads a whole text such as <c>1.5GiB</c> or <c>10 s</c>. <c>0</c> needs no unit.
    /// </summary>
    /// <param name="text">It.</param>
    /// <param name="expected">What it must count.</param>
    /// <param name="value">In the kind's scale.</param>
    /// <param name="least">Nothing less is suggested; whether the value may be less the caller knows.</param>
    /// <param name="most">Nor anything above this.</param>
    /// <param name="or">What else the caller takes, to be told with the rest: " or max".</param>
    /// <returns>Null when it was read; else what is wrong with it, in words that follow the text quoted.</returns>
    public static string? Read(
        string text, UnitKind expected, out long value, long least = 0, long most = MaxValue, string or = "")
    {
        value = 0;
        string trimmed = text.Trim();
        int end = 0;
        while (end < trimmed.Length && (char.IsAsciiDigit(trimmed[end]) || trimmed[end] == '.'))
            end++;
        if (end == 0)
            return $"is not a number, expected {UnitTable.Example(expected)}{or}";
        return Read(trimmed[..end], trimmed[end..].TrimStart(), expected, out value, least, most, or);
    }

    /// <summary>Reads a number and a unit that have been told apart already.</summary>
    /// <inheritdoc cref="Read(string, UnitKind, out long, long, long, string)"/>
    public static string? Read(
        string number,
        string unit,
        UnitKind expected,
        out long value,
        long least = 0,
        long most = MaxValue,
        string or = "")
    {
        value = 0;
        string example = UnitTable.Example(expected) + or;
        if (!UnitTable.TryFind(unit, out UnitKind kind, out long scale))
        {
            string hint = Meant(number, UnitTable.Nearest(unit, expected), expected, least, most);
            string units = hint.Length > 0 || expected == UnitKind.None ? hint
                : $", in {string.Join(", ", UnitTable.Of(expected))}";
            return $"has an unknown unit {Quoted.Of(unit)}, expected {example}{units}";
        }

        if (kind == UnitKind.None && kind != expected)
        {
            // Nothing is the same in every unit.
            return number == "0" ? null : $"has no unit, expected {example}";
        }

        if (kind != expected)
            return $"is not {Noun(expected)}, expected {example}";
        return Scale(number, kind, scale, out value);
    }

    /// <summary>Digits with at most one point, times a scale, rounded to the nearest integer.</summary>
    internal static string? Scale(string number, UnitKind kind, long scale, out long value)
    {
        value = 0;
        long digits = 0;
        long divisor = 1;
        int count = 0;
        bool fraction = false;
        foreach (char c in number)
        {
            if (c == '.')
            {
                if (fraction)
                    return "has more than one decimal point, expected at most one, such as 1.5";
                fraction = true;
                continue;
            }

            if (++count > MaxDigits)
                return $"has more than {MaxDigits} digits, expected at most that, and a larger unit";
            digits = (digits * 10) + (c - '0');
            divisor *= fraction ? 10 : 1;
        }

        if (!char.IsAsciiDigit(number[0]) || !char.IsAsciiDigit(number[^1]))
            return "has no digit before or after its decimal point, expected one, such as 0.5";
        if (kind == UnitKind.None && fraction)
            return "is not a whole number, expected one such as 3";
        Int128 scaled = ((Int128)digits * scale + divisor / 2) / divisor;
        if (scaled > MaxValue)
            return "is too large, expected less";
        if (scaled == 0 && digits != 0)
            return "is too small to be told from 0, expected more";
        value = (long)scaled;
        return null;
    }

    /// <summary>"; did you mean '10MiB'?", when that would be right.</summary>
    private static string Meant(string number, string? unit, UnitKind kind, long least, long most) =>
        unit is not null && Read(number, unit, kind, out long value) is null && value >= least && value <= most
            ? $"; did you mean '{number}{unit}'?"
            : "";

    private static string Noun(UnitKind kind) => kind switch
    {
        UnitKind.Percent => "a percentage",
        UnitKind.Bytes => "a size",
        UnitKind.Duration => "a duration",
        UnitKind.BytesPerSecond => "a speed in bytes",
        UnitKind.CountPerSecond => "a rate",
        _ => "a plain number",
    };
}
