using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;
using static PressureD.Simulation.Tests.Workloads.Bench;

namespace PressureD.Simulation.Tests.Workloads;

/// <summary>Peaks in time.</summary>
public sealed class SpikeWorkloadTests
{
    [Fact]
    public void It_rises_holds_falls_and_begins_again()
    {
        SpikeWorkload spike = new()
        {
            BaseBytes = 100 * MiB, PeakBytes = 300 * MiB, RiseUsec = 4 * Second, HoldUsec = 2 * Second,
            FallUsec = 2 * Second, PeriodUsec = 20 * Second,
        };
        Bench bench = new(new MachineOptions(), spike);
        (long AtSeconds, long MiB)[] curve =
        [
            (2, 200), (4, 300), (5, 300), (7, 200), (8, 100), (19, 100), (22, 200), (25, 300), (29, 100), (42, 200),
        ];
        long at = 0;
        foreach ((long seconds, long held) in curve)
        {
            bench.Advance((seconds - at) * Second);
            at = seconds;
            Assert.InRange(bench.HeldBytes / MiB, held - 4, held + 4);
        }

        Assert.Equal(2, spike.Peaks);
        Assert.True(bench.Process.IsAlive);
    }

    [Fact]
    public void Without_a_period_it_exits_when_it_has_fallen()
    {
        Bench bench = new(new MachineOptions(), new SpikeWorkload
        {
            PeakBytes = 200 * MiB, HoldUsec = Second, FallUsec = 2 * Second,
        });
        bench.Advance(2_200_000);
        Assert.InRange(bench.HeldBytes / MiB, 80, 110);
        bench.Advance(Second);
        Assert.False(bench.Process.IsAlive);
    }

    [Fact]
    public void What_it_gives_back_lies_on_swap_as_well()
    {
        SpikeWorkload spike = new()
        {
            BaseBytes = 50 * MiB, PeakBytes = 500 * MiB, HoldUsec = Second, PeriodUsec = 60 * Second,
        };
        Bench bench = new(
            new MachineOptions { RamBytes = 464 * MiB, Swap = [new SwapDeviceOptions { SizeBytes = 1024 * MiB }] },
            spike);
        bench.Advance(50 * Second);
        Assert.Equal(1, spike.Peaks);
        Assert.Equal(50 * MiB, bench.HeldBytes);
        Assert.True(bench.Process.SwappedPages < Pages.FromMiB(50));
    }
}
