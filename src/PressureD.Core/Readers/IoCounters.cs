namespace PressureD.Core.Readers;

/// <summary>A device's line of <c>io.stat</c>: what a cgroup has read, written and discarded so far.</summary>
public struct IoCounters
{
    public int Major;

    public int Minor;

    public long ReadBytes;

    public long WrittenBytes;

    public long Reads;

    public long Writes;

    public long DiscardedBytes;

    public long Discards;
}
