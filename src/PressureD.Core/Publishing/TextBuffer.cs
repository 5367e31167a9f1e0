using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using PressureD.Core.Readers;

namespace PressureD.Core.Publishing;

/// <summary>
/// UTF-8 text in a fixed buffer, built piece by piece without allocation. What does not fit is cut at a character's
/// boundary and the text then ends in "...".
/// </summary>
public sealed class TextBuffer
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;
    private const long GiB = 1024 * MiB;
    private const long Hour = 3_600_000_000;

    private readonly byte[] _bytes;

    /// <param name="capacity">Bytes, at least 4.</param>
    public TextBuffer(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 4);
        _bytes = new byte[capacity];
    }

    public int Length { get; private set; }

    /// <summary>Whether something did not fit. Nothing more is taken until <see cref="Clear"/>.</summary>
    public bool Truncated { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public TextBuffer Clear()
    {
        Length = 0;
        Truncated = false;
        return this;
    }

    /// <summary>Bytes as they are.</summary>
    public TextBuffer Append(ReadOnlySpan<byte> utf8)
    {
        if (Truncated)
        {
            return this;
        }

        if (utf8.Length > _bytes.Length - Length)
        {
            utf8[..(_bytes.Length - Length)].CopyTo(_bytes.AsSpan(Length));
            Length = _bytes.Length;
            Cut();
            return this;
        }

        utf8.CopyTo(_bytes.AsSpan(Length));
        Length += utf8.Length;
        return this;
    }

    public TextBuffer Append(string text)
    {
        if (!Truncated)
        {
            // The status is DestinationTooSmall or Done; unpaired surrogates become U+FFFD.
            OperationStatus status = Utf8.FromUtf16(text, _bytes.AsSpan(Length), out _, out int written);
            Length += written;
            if (status != OperationStatus.Done)
            {
                Cut();
            }
        }

        return this;
    }

    /// <summary>How many there are of something: "1 rule", "9 rules".</summary>
    public TextBuffer AppendCount(long number, ReadOnlySpan<byte> one, ReadOnlySpan<byte> many) =>
        Append(number).Append(" "u8).Append(number == 1 ? one : many);

    public TextBuffer Append(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int written);
        return Append(digits[..written]);
    }

    /// <summary>Of a long path its end, which tells more, after "...".</summary>
    /// <param name="path">Bytes as they are.</param>
    /// <param name="most">How much of it, at least 4.</param>
    public TextBuffer AppendEnd(ReadOnlySpan<byte> path, int most)
    {
        if (path.Length <= most)
        {
            return Append(path);
        }

        int start = path.Length - (most - 3);
        while (start < path.Length && (path[start] & 0xC0) == 0x80)
        {
            start++;
        }

        return Append("..."u8).Append(path[start..]);
    }

    /// <summary>
    /// A name that somebody else chose (comm, cgroup, file): what could forge lines, steer a terminal or is not UTF-8
    /// comes out as \xNN per byte.
    /// </summary>
    public TextBuffer AppendEscaped(ReadOnlySpan<byte> name)
    {
        Span<byte> escape = stackalloc byte[4];
        while (!name.IsEmpty && !Truncated)
        {
            OperationStatus status = Rune.DecodeFromUtf8(name, out Rune rune, out int length);
            if (status == OperationStatus.Done && PlainText.IsPlain(rune))
            {
                Append(name[..length]);
            }
            else
            {
                for (int i = 0; i < length; i++)
                {
                    escape[0] = (byte)'\\';
                    escape[1] = (byte)'x';
                    escape[2] = HexDigit(name[i] >> 4);
                    escape[3] = HexDigit(name[i] & 15);
                    Append(escape);
                }
            }

            name = name[length..];
        }

        return this;
    }

    /// <summary>
    /// An amount of memory with the binary unit that suits it: "512 B", "1.5 MiB"; "unknown"; "unlimited".
    /// </summary>
    public TextBuffer AppendBytes(long bytes)
    {
        if (AppendSpecial(bytes))
        {
            return this;
        }

        if (bytes < 0)
        {
            return Append("-"u8).AppendBytes(-bytes);
        }

        return bytes switch
        {
            < KiB => Append(bytes).Append(" B"u8),
            < MiB => AppendTenths(Tenths(bytes, KiB)).Append(" KiB"u8),
            < GiB => AppendTenths(Tenths(bytes, MiB)).Append(" MiB"u8),
            _ => AppendTenths(Tenths(bytes, GiB)).Append(" GiB"u8),
        };
    }

    /// <summary>A share given in millionths, as percent with one decimal: "12.3%"; "unknown".</summary>
    public TextBuffer AppendPercent(long millionths)
    {
        if (AppendSpecial(millionths))
        {
            return this;
        }

        return millionths < 0
            ? Append("-"u8).AppendPercent(-millionths)
            : AppendTenths(Tenths(millionths, Quantity.Whole / 100)).Append("%"u8);
    }

    /// <summary>
    /// A length of time given in microseconds: "250 ms", "3.5 s", "12.0 min", "5.5 h", "3.0 days"; "unknown";
    /// "unlimited".
    /// </summary>
    public TextBuffer AppendDuration(long usec)
    {
        if (AppendSpecial(usec))
        {
            return this;
        }

        if (usec < 0)
        {
            return Append("-"u8).AppendDuration(-usec);
        }

        return usec switch
        {
            < 1_000 => Append(usec).Append(" us"u8),
            < 1_000_000 => Append(usec / 1_000).Append(" ms"u8),
            < 120_000_000 => AppendTenths(Tenths(usec, 1_000_000)).Append(" s"u8),
            < 2 * Hour => AppendTenths(Tenths(usec, 60_000_000)).Append(" min"u8),
            < 48 * Hour => AppendTenths(Tenths(usec, Hour)).Append(" h"u8),
            _ => AppendTenths(Tenths(usec, 24 * Hour)).Append(" days"u8),
        };
    }

    public void CopyFrom(TextBuffer other)
    {
        Clear();
        Append(other.Span);
        Truncated |= other.Truncated;
    }

    /// <summary>The text as a string; bytes that are not UTF-8 become U+FFFD. Allocates: not for the loop.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);

    private static long Tenths(long value, long unit) => value / unit * 10 + value % unit * 10 / unit;

    private TextBuffer AppendTenths(long tenths) => Append(tenths / 10).Append("."u8).Append(tenths % 10);

    private bool AppendSpecial(long value)
    {
        switch (value)
        {
            case Quantity.Unknown:
                Append("unknown"u8);
                return true;
            case Quantity.Unlimited:
                Append("unlimited"u8);
                return true;
            default:
                return false;
        }
    }

    private void Cut()
    {
        Truncated = true;
        int end = Math.Min(Length, _bytes.Length - 3);

        // A continuation byte at the cut means that a character would be halved: go back to where it begins.
        while (end > 0 && end < Length && (_bytes[end] & 0xC0) == 0x80)
        {
            end--;
        }

        "..."u8.CopyTo(_bytes.AsSpan(end));
        Length = end + 3;
    }
}
