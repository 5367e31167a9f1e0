namespace PressureD.Core.Readers;

/// <summary>What a zram device holds and what that costs.</summary>
public struct ZramStat
{
    /// <summary>Bytes stored, before compression.</summary>
    public long OriginalBytes;

    /// <summary>The same bytes compressed.</summary>
    public long CompressedBytes;

    /// <summary>RAM that the device takes, fragmentation and its own records included.</summary>
    public long UsedBytes;

    /// <summary>Most RAM that the device may take; <see cref="Quantity.Unlimited"/> when none is set.</summary>
    public long LimitBytes;
}
