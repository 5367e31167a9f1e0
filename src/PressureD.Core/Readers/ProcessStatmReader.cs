using System;

namespace PressureD.Core.Readers;

/// <summary>Reads <c>/proc/PID/statm</c>.</summary>
public static class ProcessStatmReader
{
    /// <summary>False when the first three numbers are not all there.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out ProcessStatm statm)
    {
        statm = default;
        var cursor = new TextCursor(text);
        if (cursor.TryField(out statm.SizePages) && cursor.TryField(out statm.ResidentPages)
            && cursor.TryField(out statm.SharedPages)
            && (statm.SizePages | statm.ResidentPages | statm.SharedPages) >= 0)
            return true;
        statm = default;
        return false;
    }
}
