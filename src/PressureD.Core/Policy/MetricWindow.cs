namespace PressureD.Core.Policy;

/// <summary>A function over the last values of another metric of the same cgroup or of the machine.</summary>
/// <param name="Function">Which.</param>
/// <param name="Argument">Over which metric; it may be such a function itself.</param>
/// <param name="WindowUsec">How far back. Microseconds, from 100 ms to 1 h.</param>
public sealed record MetricWindow(WindowFunction Function, Metric Argument, long WindowUsec)
{
    /// <summary>What is read in the end, where functions stand within functions.</summary>
    public Metric Root => Argument.Window is { } inner ? inner.Root : Argument;
}
