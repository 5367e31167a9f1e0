namespace PressureD.Core.Policy.Expressions;

/// <summary>What a number written in a policy counts.</summary>
public enum UnitKind
{
    /// <summary>No unit: a plain number.</summary>
    None,

    /// <summary><c>%</c>, in millionths.</summary>
    Percent,

    /// <summary><c>B KiB MiB GiB TiB</c>, in bytes.</summary>
    Bytes,

    /// <summary><c>ms s min h</c>, in microseconds.</summary>
    Duration,

    /// <summary><c>B/s KiB/s MiB/s GiB/s TiB/s</c>, in bytes a second.</summary>
    BytesPerSecond,

    /// <summary><c>/s</c>, in thousandths a second.</summary>
    CountPerSecond,
}
