using System;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>
/// What free swap is worth. A slot on a disk takes a page out of memory; a slot in zram takes it out and puts its
/// compressed self back in, so only the difference is gained, and only for memory that can be swapped.
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
        long permille = DefaultGainPermille;
        if (zram.OriginalBytes >= MinOriginalBytes)
            permille = Math.Clamp((zram.OriginalBytes - zram.UsedBytes) / (zram.OriginalBytes / 1000), 0, 1000);
        return diskFreeBytes + (toZram / 1000 * permille);
    }
}
