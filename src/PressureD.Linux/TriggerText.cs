using System;
using System.Buffers.Text;
using PressureD.Core.Kernel;

namespace PressureD.Linux;

/// <summary>The text that arms a PSI trigger.</summary>
internal static class TriggerText
{
    /// <summary>The host's pressure files look at no more than 32 bytes (PSI, since 5.2).</summary>
    public const int MaxBytes = 32;

    /// <summary>
    /// Writes <c>some|full STALL WINDOW</c> and a NUL. The NUL belongs to the write: the host's pressure files put
    /// their own over the last byte they are given, and without it the window loses its last digit.
    /// </summary>
    /// <returns>The length with the NUL, or EINVAL: the kernel would take negative numbers for large ones.</returns>
    public static int Format(StallKind kind, int stallUsec, int windowUsec, Span<byte> text)
    {
        if (stallUsec <= 0 || windowUsec <= 0 || stallUsec > windowUsec) return -Errno.EINVAL;
        var word = kind == StallKind.Some ? "some "u8 : "full "u8;
        word.CopyTo(text);
        var length = word.Length;
        _ = Utf8Formatter.TryFormat(stallUsec, text[length..], out var digits);
        length += digits;
        text[length++] = (byte)' ';
        _ = Utf8Formatter.TryFormat(windowUsec, text[length..], out digits);
        length += digits;
        text[length++] = 0;
        return length;
    }
}
