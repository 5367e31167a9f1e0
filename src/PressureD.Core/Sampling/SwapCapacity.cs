using System;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>
/// What free swap is worth. A slot on a disk takes a page out of memory; a slot in zram takes it out and puts its
/// compressed self back in, so only the difference is gained, and only for memory that can be swapped. So does zswap
/// before a disk until its pool is full; from then on it writes as much to the disk as it takes in.
/// </summary>
internal static class SwapCapacity
{
    /// <summary>
    /// Assumed until the device holds enough to be asked: 2.5 to 1, the planning value of ChromeOS and Android.
    /// </summary>
    private const long DefaultGainPermille = 600;

    private const long MinOriginalBytes = 4 << 20;

    /// <summary>Bytes of memory that swapping could still free.</summary>
    /// <param name="diskFreeBytes">Free space on devices that are not zram.</param>
    /// <param name="zramFreeBytes">Free space on zram devices, uncompressed.</param>
    /// <param name="zram">What all zram devices together hold.</param>
    /// <param name="swappableBytes">Anonymous and shared memory that is still in RAM.</param>
    public static long EffectiveBytes(long diskFreeBytes, long zramFreeBytes, in ZramStat zram, long swappableBytes)
    {
        long toZram = Math.Min(zramFreeBytes, Math.Max(swappableBytes - diskFreeBytes, 0));
        return diskFreeBytes + (toZram / 1000 * GainPermille(zram.OriginalBytes, zram.UsedBytes));
    }

    /// <summary>What of the free space on disks zswap's pool takes back out of memory while it fills.</summary>
    /// <param name="diskFreeBytes">Free space on devices that are not zram.</param>
    /// <param name="roomBytes">How much the pool may still grow; 0 or less when it is full or zswap is off.</param>
    /// <param name="storedBytes">What zswap holds, before compression.</param>
    /// <param name="poolBytes">Memory that it takes for that.</param>
    public static long ZswapCostBytes(long diskFreeBytes, long roomBytes, long storedBytes, long poolBytes)
    {
        long costPermille = 1000 - GainPermille(storedBytes, poolBytes);
        return Math.Clamp(diskFreeBytes / 1000 * costPermille, 0, Math.Max(roomBytes, 0));
    }

    private static long GainPermille(long originalBytes, long usedBytes) => originalBytes < MinOriginalBytes
        ? DefaultGainPermille
        : Math.Clamp((originalBytes - usedBytes) / (originalBytes / 1000), 0, 1000);
}
