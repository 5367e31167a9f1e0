using PressureD.Core.Readers;

namespace PressureD.Core.Incidents;

/// <summary>The machine at one step. What is not known is <see cref="Quantity.Unknown"/>.</summary>
public struct IncidentSample
{
    /// <summary>CLOCK_MONOTONIC, microseconds.</summary>
    public long TimeUsec;

    /// <summary>MemAvailable, bytes.</summary>
    public long AvailableBytes;

    /// <summary>MemAvailable ÷ (MemAvailable + AnonPages), millionths.</summary>
    public long AvailableUser;

    /// <summary>The memory that free swap can still give, bytes.</summary>
    public long SwapBytes;

    /// <summary>Until memory and swap are gone by the trend, microseconds.</summary>
    public long ExhaustionUsec;

    /// <summary>PSI memory some avg10, millionths.</summary>
    public long MemorySome;

    /// <summary>PSI memory full avg10, millionths.</summary>
    public long MemoryFull;

    /// <summary>PSI memory full total, microseconds: two of them give the stall between two samples.</summary>
    public long MemoryFullTotalUsec;

    /// <summary>PSI io full avg10, millionths.</summary>
    public long IoFull;

    /// <summary>What the rule's first two comparisons look at, in the units of their metrics.</summary>
    public long FirstValue;
    public long SecondValue;
}
