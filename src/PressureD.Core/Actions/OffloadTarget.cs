namespace PressureD.Core.Actions;

/// <summary>What an offload remembers of one cgroup.</summary>
internal struct OffloadTarget
{
    public Target Target { get; set; }

    /// <summary>When the totals were read; 0 when never.</summary>
    public long ReadUsec { get; set; }

    /// <summary>Time in which some task was stalled for memory, since the cgroup was made. Microseconds.</summary>
    public long MemoryStallUsec { get; set; }

    /// <summary>The same for io.</summary>
    public long IoStallUsec { get; set; }

    /// <summary>How often in a row the stall was over the target: each doubles the pause.</summary>
    public int BackOff { get; set; }

    /// <summary>Before this it is left alone.</summary>
    public long DueUsec { get; set; }

    /// <summary>What is to be taken in this interval.</summary>
    public long WantBytes { get; set; }

    /// <summary>Whether it is still in the list of this interval.</summary>
    public bool IsListed { get; set; }
}
