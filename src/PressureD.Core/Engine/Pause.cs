namespace PressureD.Core.Engine;

/// <summary>
/// A time without actions that somebody asked for. Sampling and evaluation go on; it ends by itself, and with the
/// process: a daemon that starts guards.
/// </summary>
internal sealed class Pause
{
    /// <summary>When it ends, CLOCK_MONOTONIC; 0 when there is none.</summary>
    public long UntilUsec { get; private set; }

    /// <summary>Why, in the words of whoever asked for it.</summary>
    public string Reason { get; private set; } = "";

    public bool IsOn => UntilUsec != 0;

    public void Begin(long untilUsec, string reason)
    {
        UntilUsec = untilUsec;
        Reason = reason;
    }

    public void End()
    {
        UntilUsec = 0;
        Reason = "";
    }
}
