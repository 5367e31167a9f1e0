using System;
using PressureD.Core.Policy;

namespace PressureD.Systemd.Bus;

/// <summary>
/// When a level is told to programs, by the rules of low-memory-monitor: a worse one at once, the worst at most every
/// 15 s, the same or a milder one when 15 s have passed since it was last told. There is no all-clear.
/// </summary>
internal struct LowMemoryWarnings
{
    internal const long RepeatUsec = 15_000_000;

    private PressureLevel _told;
    private long _lowUsec;
    private long _mediumUsec;
    private long _criticalUsec;

    /// <summary>Whether the level is to be told now; if so it counts as told.</summary>
    /// <param name="level">The level as it is.</param>
    /// <param name="nowUsec">The time; not 0.</param>
    /// <param name="untilUsec">Lowered to when the same level would be due next.</param>
    internal bool Take(PressureLevel level, long nowUsec, ref long untilUsec)
    {
        if (level == PressureLevel.Normal)
        {
            return false;
        }

        ref long toldUsec = ref Last(ref this, level);
        bool again = toldUsec == 0 || nowUsec - toldUsec >= RepeatUsec;
        bool worse = level > _told && level != PressureLevel.Critical;
        bool due = again || worse;
        if (due)
        {
            toldUsec = nowUsec;
            _told = level;
        }

        untilUsec = Math.Min(untilUsec, toldUsec + RepeatUsec);
        return due;
    }

    private static ref long Last(ref LowMemoryWarnings self, PressureLevel level)
    {
        switch (level)
        {
            case PressureLevel.Low:
                return ref self._lowUsec;
            case PressureLevel.Medium:
                return ref self._mediumUsec;
            default:
                return ref self._criticalUsec;
        }
    }
}
