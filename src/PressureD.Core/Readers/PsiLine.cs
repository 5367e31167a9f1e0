namespace PressureD.Core.Readers;

/// <summary>One line of a pressure file: how long tasks stalled.</summary>
public struct PsiLine
{
    /// <summary>
    /// The file has this line. <c>irq</c> has no <c>some</c>, and <c>cpu</c> had no <c>full</c> before 5.13.
    /// </summary>
    public bool Present;

    /// <summary>
    /// Share of the last 10 s stalled, in millionths: 1.23 % is 12,300. The kernel gives steps of 100.
    /// </summary>
    public int Avg10;

    /// <summary>Share of the last 60 s stalled, in millionths.</summary>
    public int Avg60;

    /// <summary>Share of the last 300 s stalled, in millionths.</summary>
    public int Avg300;

    /// <summary>
    /// Microseconds stalled since the cgroup was made or the machine booted. Never decreases in one cgroup.
    /// </summary>
    public long TotalUsec;
}
