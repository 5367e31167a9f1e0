using System;

namespace PressureD.Core.Readers;

/// <summary>Reads <c>/sys/block/zramN/mm_stat</c>.</summary>
public static class ZramReader
{
    /// <summary>Needs the first four numbers, which every kernel since 4.2 writes; later ones are ignored.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out ZramStat stat)
    {
        stat = default;
        var cursor = new TextCursor(text);
        bool read = cursor.TryField(out stat.OriginalBytes)
            && cursor.TryField(out stat.CompressedBytes)
            && cursor.TryField(out stat.UsedBytes)
            && cursor.TryField(out stat.LimitBytes)
            && (stat.OriginalBytes | stat.CompressedBytes | stat.UsedBytes | stat.LimitBytes) >= 0;
        if (!read)
        {
            stat = default;
            return false;
        }

        // Here, unlike in a cgroup, the kernel writes 0 for "no limit".
        if (stat.LimitBytes == 0)
            stat.LimitBytes = Quantity.Unlimited;
        return true;
    }
}
