namespace PressureD.Core.Policy;

/// <summary>What a metric's number means. All values are integers; see each member for its scale.</summary>
public enum MetricUnit
{
    /// <summary>A share in millionths: 10,000 is 1 %.</summary>
    Ratio,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Microseconds.</summary>
    Duration,

    /// <summary>A plain number.</summary>
    Count,

    /// <summary>Bytes a second.</summary>
    BytesPerSecond,

    /// <summary>Thousandths a second: 1,000 is one a second.</summary>
    CountPerSecond,
}
