using System;

namespace PressureD.Core.Engine;

/// <summary>
/// After a look at everybody that may be of no use: where there are very many it takes long, and the next one comes
/// four times as long after it, but soon enough not to miss what grows meanwhile.
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
