using System;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>
/// What the kernel says of the machine's memory, without credit for the dying. Each is <see cref="Quantity.Unknown"/>
/// when it is not known.
/// </summary>
/// <param name="AvailableBytes">MemAvailable.</param>
/// <param name="HeadroomBytes">MemAvailable and free swap.</param>
/// <param name="HeldBytes">Anonymous memory and used swap.</param>
internal readonly record struct HostMemory(long AvailableBytes, long HeadroomBytes, long HeldBytes)
{
    public static readonly HostMemory Unknown = new(Quantity.Unknown, Quantity.Unknown, Quantity.Unknown);

    /// <summary>
    /// What has come back since: by how much headroom grew, or less is held, whichever is more. Freed pages lie on
    /// lists of each processor first, which since Linux 6.7 hold up to an eighth of the memory together and count
    /// neither as free nor as available, although the next who wants memory gets it.
    /// </summary>
    public long FreedSince(in HostMemory before)
    {
        long gained = Difference(HeadroomBytes, before.HeadroomBytes);
        long released = Difference(before.HeldBytes, HeldBytes);
        return Math.Max(gained, released);
    }

    private static long Difference(long more, long less) =>
        more == Quantity.Unknown || less == Quantity.Unknown ? Quantity.Unknown : more - less;
}
