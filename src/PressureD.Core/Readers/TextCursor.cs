using System;
using System.Runtime.CompilerServices;

namespace PressureD.Core.Readers;

/// <summary>Walks over kernel text once, front to back. Never throws, never allocates.</summary>
/// <remarks>A thousand cgroups have thousands of such texts: what is called for each byte or word is inlined.</remarks>
internal ref struct TextCursor
{
    private ReadOnlySpan<byte> _rest;

    public TextCursor(ReadOnlySpan<byte> text) => _rest = text;

    /// <summary>What has not been taken yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>
    /// Takes the next line, without its newline. A line that was cut off before its newline is not given.
    /// </summary>
    public bool TryLine(out ReadOnlySpan<byte> line)
    {
        int end = _rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            line = default;
            return false;
        }

        line = _rest[..end];
        _rest = _rest[(end + 1)..];
        return true;
    }

    /// <summary>Passes over spaces and tabs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SkipBlanks()
    {
        int i = 0;
        while (i < _rest.Length && IsBlank(_rest[i]))
            i++;
        _rest = _rest[i..];
    }

    /// <summary>Takes the next run of bytes that are neither blank nor newline, after any blanks.</summary>
    public bool TryWord(out ReadOnlySpan<byte> word)
    {
        SkipBlanks();
        int end = _rest.IndexOfAny((byte)' ', (byte)'\t', (byte)'\n');
        if (end < 0)
            end = _rest.Length;
        word = _rest[..end];
        _rest = _rest[end..];
        return end > 0;
    }

    /// <summary>Passes over bytes that are neither blank nor newline.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SkipWord()
    {
        int i = 0;
        while (i < _rest.Length && !IsBlank(_rest[i]) && _rest[i] != (byte)'\n')
            i++;
        _rest = _rest[i..];
    }

    /// <summary>Takes one decimal digit if it comes next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryDigit(out int digit)
    {
        digit = _rest.Length > 0 ? _rest[0] - '0' : -1;
        if ((uint)digit > 9)
            return false;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Takes <paramref name="literal"/> if it comes next.</summary>
    // Inlined, a literal is compared as one or two numbers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySkip(scoped ReadOnlySpan<byte> literal)
    {
        if (!_rest.StartsWith(literal))
            return false;
        _rest = _rest[literal.Length..];
        return true;
    }

    /// <summary>
    /// Takes a decimal number with an optional minus. Digits beyond the range of <see cref="long"/> give
    /// <see cref="Quantity.Unlimited"/> (or its negative): the kernel prints unsigned 64-bit numbers.
    /// </summary>
    public bool TryNumber(out long value)
    {
        // So many digits always fit; only what is longer pays for the check.
        const int safeDigits = 18;
        ReadOnlySpan<byte> rest = _rest;
        value = 0;
        bool negative = rest.Length > 0 && rest[0] == (byte)'-';
        int first = negative ? 1 : 0;
        int safe = Math.Min(rest.Length, first + safeDigits);
        int i = first;
        for (; i < safe && IsDigit(rest[i]); i++)
            value = (value * 10) + (rest[i] - '0');
        for (; i >= first + safeDigits && i < rest.Length && IsDigit(rest[i]); i++)
        {
            int digit = rest[i] - '0';
            value = value > (long.MaxValue - digit) / 10 ? long.MaxValue : (value * 10) + digit;
        }

        if (i == first)
            return false;
        if (negative)
            value = -value;
        _rest = rest[i..];
        return true;
    }

    /// <summary>
    /// Takes a number after any blanks, but only when a blank or a newline follows it: a number at the very end of the
    /// text may have been cut off, and half a number is a wrong one.
    /// </summary>
    public bool TryField(out long value)
    {
        SkipBlanks();
        return TryNumber(out value) && _rest.Length > 0 && (IsBlank(_rest[0]) || _rest[0] == (byte)'\n');
    }

    /// <summary>As <see cref="TryField(out long)"/>, for a number that must fit an <see cref="int"/>.</summary>
    public bool TryField(out int value)
    {
        bool taken = TryField(out long wide) && wide is >= int.MinValue and <= int.MaxValue;
        value = taken ? (int)wide : 0;
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsDigit(byte b) => (uint)(b - '0') <= 9;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t';
}
