using System;

namespace PressureD.Core.Engine;

/// <summary>
/// How soon everybody is looked at again when the last look was ahead of need or found nobody: not at each step, and
/// where there are so many that a look takes long, after four times as long; but soon enough for what grows meanwhile.
/// </summary>
internal static class LookRest
{
    private const long LeastUsec = 500_000;
    private const long MostUsec = 2_000_000;
    private const int Times = 4;

    /// <summary>When the next look may be.</summary>
    /// <param name="beganUsec">The time of the step that looked.</param>
    /// <param name="nowUsec">The time after the look.</param>
    public static long UntilUsec(long beganUsec, long nowUsec) =>
        beganUsec + Math.Clamp(Times * (nowUsec - beganUsec), LeastUsec, MostUsec);
}
