using System;

namespace PressureD.Simulation.Recordings;

/// <summary>
/// Takes a kernel's text apart into numbers and what is between them, so that a text which differs in its numbers alone
/// can be told by their differences.
/// </summary>
/// <remarks>
/// A number is printed without leading zeros, with a fixed count of decimals, or right-aligned in a field when two
/// spaces or more are before it. What would not be printed again as it was (leading zeros, more than 18 digits) counts
/// as text.
/// </remarks>
internal ref struct NumberScanner(ReadOnlySpan<byte> text)
{
    private const int MostDigits = 18;
    private const int MostDecimals = 6;

    private readonly ReadOnlySpan<byte> _text = text;
    private int _position;

    /// <summary>What is before the number.</summary>
    public ReadOnlySpan<byte> Before { get; private set; }

    /// <summary>Whether there is a number, or the text ends here.</summary>
    public bool HasNumber { get; private set; }

    /// <summary>All its digits, those behind the point as well.</summary>
    public long Value { get; private set; }

    /// <summary>How many of them are behind the point.</summary>
    public int Decimals { get; private set; }

    /// <summary>How wide the field is in which it is right-aligned; 0: in none.</summary>
    public int Width { get; private set; }

    /// <summary>Goes to the next number, or to the end.</summary>
    /// <returns>False when the end was reached before.</returns>
    public bool Next()
    {
        if (_position > _text.Length) return false;
        var start = _position;
        for (var at = start; at < _text.Length; at++)
        {
            if (!IsDigit(_text[at])) continue;
            var end = EndOfDigits(at);
            if (end - at > MostDigits || (_text[at] == '0' && end - at > 1))
            {
                at = end - 1;
                continue;
            }

            Take(start, at, end);
            return true;
        }

        Before = _text[start..];
        HasNumber = false;
        _position = _text.Length + 1;
        return true;
    }

    /// <summary>Whether two texts are alike here but for the number.</summary>
    public readonly bool IsLike(in NumberScanner other) => HasNumber == other.HasNumber && Width == other.Width
        && Decimals == other.Decimals && Before.SequenceEqual(other.Before);

    private void Take(int start, int at, int end)
    {
        var spaces = at;
        while (spaces > start && _text[spaces - 1] == ' ') spaces--;
        var point = end;
        if (end + 1 < _text.Length && _text[end] == '.' && IsDigit(_text[end + 1]))
        {
            var decimals = EndOfDigits(end + 1);
            if (decimals - end - 1 <= MostDecimals && decimals - at - 1 <= MostDigits) end = decimals;
        }

        Decimals = int.Max(0, end - point - 1);
        Width = at - spaces >= 2 ? end - spaces : 0;
        Before = _text[start..(Width > 0 ? spaces : at)];
        long value = 0;
        foreach (var digit in _text[at..end])
            if (digit != '.') value = (value * 10) + (digit - '0');
        Value = value;
        HasNumber = true;
        _position = end;
    }

    private readonly int EndOfDigits(int at)
    {
        while (at < _text.Length && IsDigit(_text[at])) at++;
        return at;
    }

    private static bool IsDigit(byte unit) => unit is >= (byte)'0' and <= (byte)'9';
}
