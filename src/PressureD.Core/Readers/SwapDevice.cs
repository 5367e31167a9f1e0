namespace PressureD.Core.Readers;

/// <summary>One active swap area.</summary>
public struct SwapDevice
{
    /// <summary>The area is a zram device: what it holds still takes RAM.</summary>
    public bool IsZram;

    /// <summary>N of <c>/dev/zramN</c>; -1 for any other area.</summary>
    public int ZramNumber;

    /// <summary>Usable size in bytes.</summary>
    public long SizeBytes;

    /// <summary>Bytes of slots in use, those held by the swap cache alone included.</summary>
    public long UsedBytes;

    /// <summary>The kernel fills areas of higher priority first. Negative when the kernel chose it.</summary>
    public int Priority;
}
