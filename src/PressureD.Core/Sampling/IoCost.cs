using System;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>
/// What reads, writes and discards cost a device, by the model that oomd ranks with: each operation and each byte has a
/// price, of its own for hard disks and for flash.
/// </summary>
internal static class IoCost
{
    // Prices in 10^-12 of a unit of cost.
    private const long DiskRead = 1_310_000_000;
    private const long DiskReadByte = 113_000;
    private const long DiskWrite = 258_000_000_000;
    private const long DiskWriteByte = 504_000;
    private const long FlashRead = 12_100_000_000;
    private const long FlashReadByte = 625_000;
    private const long FlashWrite = 1_070_000_000;
    private const long FlashWriteByte = 261_000;
    private const long FlashDiscard = 23_700_000_000;
    private const long FlashDiscardByte = 910;

    /// <summary>In 10^-12 of a unit.</summary>
    public static Int128 Of(in IoCounters io, bool turns) => turns
        ? ((Int128)io.Reads * DiskRead) + ((Int128)io.ReadBytes * DiskReadByte)
            + ((Int128)io.Writes * DiskWrite) + ((Int128)io.WrittenBytes * DiskWriteByte)
        : ((Int128)io.Reads * FlashRead) + ((Int128)io.ReadBytes * FlashReadByte)
            + ((Int128)io.Writes * FlashWrite) + ((Int128)io.WrittenBytes * FlashWriteByte)
            + ((Int128)io.Discards * FlashDiscard) + ((Int128)io.DiscardedBytes * FlashDiscardByte);

    /// <summary>As a whole number of units.</summary>
    public static long Whole(Int128 cost) => (long)(cost / 1_000_000_000_000);
}
