using System;

namespace PressureD.Core.Readers;

/// <summary>Reads <c>/proc/PID/stat</c>.</summary>
public static class ProcessStatReader
{
    /// <summary>False when the text is cut off before the resident pages, or is no such file.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out ProcessStat stat)
    {
        stat = default;
        // The kernel does not escape comm here. It may hold anything, " (" and ") R 1" too, but only numbers follow it.
        int open = text.IndexOf((byte)'(');
        int close = text.LastIndexOf((byte)')');
        var head = new TextCursor(text);
        if (open < 0 || close < open || !head.TryField(out stat.Pid) || !head.TrySkip(" ("u8))
            return Refuse(out stat);
        stat.CommOffset = open + 1;
        stat.CommLength = close - open - 1;

        var tail = new TextCursor(text[(close + 1)..]);
        if (!tail.TryWord(out ReadOnlySpan<byte> state) || state.Length != 1)
            return Refuse(out stat);
        stat.State = state[0];
        if (!tail.TryField(out stat.ParentPid) || !tail.TryField(out stat.ProcessGroup)
            || !tail.TryField(out stat.Session) || !TrySkipFields(ref tail, 2)
            || !tail.TryField(out long flags) || flags is < 0 or > uint.MaxValue)
            return Refuse(out stat);
        stat.Flags = (uint)flags;
        // Four counters of faults, the times, those of waited-for children and two priorities; after the threads one
        // unused number.
        if (!TrySkipFields(ref tail, 4) || !tail.TryField(out long userTicks) || !tail.TryField(out long systemTicks)
            || !TrySkipFields(ref tail, 4) || !tail.TryField(out stat.Threads) || !TrySkipFields(ref tail, 1)
            || !tail.TryField(out stat.StartTicks) || !tail.TryField(out stat.VirtualBytes)
            || !tail.TryField(out stat.RssPages))
            return Refuse(out stat);
        stat.CpuTicks = userTicks + systemTicks;
        return true;
    }

    private static bool TrySkipFields(ref TextCursor cursor, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!cursor.TryField(out long _))
                return false;
        }

        return true;
    }

    private static bool Refuse(out ProcessStat stat)
    {
        stat = default;
        return false;
    }
}
