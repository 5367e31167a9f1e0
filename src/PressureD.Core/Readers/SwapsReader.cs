using System;

namespace PressureD.Core.Readers;

/// <summary>Reads <c>/proc/swaps</c>.</summary>
public static class SwapsReader
{
    /// <summary>No kernel has more swap areas (MAX_SWAPFILES before its reserved types are taken off).</summary>
    public const int MaxDevices = 32;

    /// <summary>
    /// Returns how many areas it wrote into <paramref name="devices"/>; what does not fit there is left out. The
    /// heading and lines that are not of five columns are passed over.
    /// </summary>
    public static int Read(ReadOnlySpan<byte> text, Span<SwapDevice> devices)
    {
        int count = 0;
        var lines = new TextCursor(text);
        while (count < devices.Length && lines.TryLine(out ReadOnlySpan<byte> line))
        {
            if (TryReadLine(line, out devices[count]))
                count++;
        }

        return count;
    }

    private static bool TryReadLine(ReadOnlySpan<byte> line, out SwapDevice device)
    {
        device = new SwapDevice { ZramNumber = -1 };
        // Blanks and newlines of a name are written in octal (\040), so the name is always one word.
        var cursor = new TextCursor(line);
        if (!cursor.TryWord(out ReadOnlySpan<byte> name) || !cursor.TryWord(out ReadOnlySpan<byte> type))
            return false;
        if (!cursor.TryField(out long sizeKibibytes) || !cursor.TryField(out long usedKibibytes))
            return false;
        cursor.SkipBlanks();
        if (!cursor.TryNumber(out long priority) || priority is < int.MinValue or > int.MaxValue)
            return false;
        if (sizeKibibytes < 0 || usedKibibytes < 0)
            return false;

        device.SizeBytes = Quantity.FromKibibytes(sizeKibibytes);
        device.UsedBytes = Quantity.FromKibibytes(usedKibibytes);
        device.Priority = (int)priority;
        // A swap file may be called /dev/zram0 as well, only a partition is the device.
        if (type.SequenceEqual("partition"u8) && TryReadZram(name, out device.ZramNumber))
            device.IsZram = true;
        return true;
    }

    private static bool TryReadZram(ReadOnlySpan<byte> name, out int number)
    {
        number = -1;
        var cursor = new TextCursor(name);
        if (!cursor.TrySkip("/dev/zram"u8) || !cursor.TryNumber(out long value) || value is < 0 or > int.MaxValue)
            return false;
        // The node may have been unlinked under a running device.
        cursor.TrySkip(@"\040(deleted)"u8);
        if (!cursor.Rest.IsEmpty)
            return false;
        number = (int)value;
        return true;
    }
}
