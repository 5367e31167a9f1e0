using PressureD.Core.Readers;
using PressureD.Core.Sampling;

namespace PressureD.Core.Tests.Sampling;

public sealed class SwapCapacityTests
{
    private const long MiB = 1_000_000;

    [Theory]

    // A disk takes all it has free.
    [InlineData(500, 0, 0, 0, 100, 500)]

    // An empty zram device is taken to gain 60 %.
    [InlineData(0, 500, 0, 0, 900, 300)]

    // As much as there is to swap and no more.
    [InlineData(0, 500, 0, 0, 100, 60)]

    // Three to one: two thirds gained.
    [InlineData(0, 500, 300, 100, 900, 333)]

    // What cannot be compressed gains nothing, however empty the device looks.
    [InlineData(0, 500, 300, 310, 900, 0)]

    // The disk first, zram for what is left.
    [InlineData(300, 500, 0, 0, 500, 420)]
    public void Free_swap_is_worth_what_it_takes_out_of_memory(
        long diskFree, long zramFree, long original, long used, long swappable, long expected)
    {
        var zram = new ZramStat { OriginalBytes = original * MiB, UsedBytes = used * MiB };
        long effective = SwapCapacity.EffectiveBytes(diskFree * MiB, zramFree * MiB, zram, swappable * MiB);
        Assert.InRange(effective, (expected - 1) * MiB, expected * MiB);
    }
}
