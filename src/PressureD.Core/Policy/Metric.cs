namespace PressureD.Core.Policy;

/// <summary>
/// One thing a condition can ask about. The rows are in <see cref="MetricCatalog"/>, the only place that lists them.
/// </summary>
public sealed record Metric
{
    /// <summary>The name in a policy, such as <c>psi.memory.full.avg10</c>.</summary>
    public required string Name { get; init; }

    public required MetricUnit Unit { get; init; }

    public required MetricScope Scope { get; init; }

    public required MetricSource Source { get; init; }

    /// <summary>
    /// The file: for the host an absolute path, for a cgroup the control file's name. A PSI metric has the resource
    /// (<c>memory</c>) here and is found at either place. Empty for computed metrics and functions.
    /// </summary>
    public string File { get; init; } = "";

    /// <summary>The key within the file; for PSI the line and field, <c>full.avg10</c>.</summary>
    public string Key { get; init; } = "";

    /// <summary>
    /// The name of the metric that a percentage of this one is taken of; empty when <c>%</c> is not allowed.
    /// </summary>
    public string PercentOf { get; init; } = "";

    /// <summary>One sentence for people.</summary>
    public required string Summary { get; init; }

    /// <summary>For a PSI average, its span in microseconds (10, 60 or 300 s); else 0.</summary>
    public long AverageSpanUsec { get; init; }

    /// <summary>
    /// Whether it only ever counts up: a value below the one before is another account's, and counts from nothing.
    /// </summary>
    public bool IsCounter { get; init; }

    /// <summary>Whether it can be larger than what a percentage of it is taken of: promises and limits can.</summary>
    public bool MayExceedBase { get; init; }

    /// <summary>Where the machine's value of a cgroup's metric is read; null when it is read the same way.</summary>
    public MetricOrigin? OfMachine { get; init; }

    /// <summary>For <see cref="MetricSource.Window"/>: the function.</summary>
    public MetricWindow? Window { get; init; }

    public override string ToString() => Name;
}
