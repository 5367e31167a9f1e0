using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;
using static PressureD.Simulation.Tests.Workloads.Bench;

namespace PressureD.Simulation.Tests.Workloads;

/// <summary>How fast leaks grow, by the integral of their rate.</summary>
public sealed class LeakWorkloadTests
{
    private static readonly MachineOptions Large = new() { RamBytes = 4096 * MiB };

    [Fact]
    public void A_ramp_grows_by_the_mean_of_both_rates_and_then_by_the_last()
    {
        Bench bench = new(Large, new LeakWorkload
        {
            BytesPerSecond = MiB, Shape = LeakShape.Ramp, FinalBytesPerSecond = 21 * MiB, OverUsec = 10 * Second,
        });
        bench.Advance(5 * Second);
        Assert.InRange(bench.HeldBytes, 29 * MiB, 31 * MiB);
        bench.Advance(5 * Second);
        Assert.InRange(bench.HeldBytes, 109 * MiB, 111 * MiB);
        bench.Advance(2 * Second);
        Assert.InRange(bench.HeldBytes, 151 * MiB, 153 * MiB);
    }

    /// <summary>From 1 to 16 MiB/s in 40 s: twice as fast every 10 s, together 10 s ÷ ln 2 times the difference.</summary>
    [Fact]
    public void An_exponential_one_doubles_in_equal_times()
    {
        Bench bench = new(Large, new LeakWorkload
        {
            BytesPerSecond = MiB,
            Shape = LeakShape.Exponential,
            FinalBytesPerSecond = 16 * MiB,
            OverUsec = 40 * Second,
        });
        bench.Advance(20 * Second);
        Assert.InRange(bench.HeldBytes, 428 * MiB / 10, 438 * MiB / 10);
        bench.Advance(20 * Second);
        Assert.InRange(bench.HeldBytes, 215 * MiB, 218 * MiB);
        bench.Advance(Second);
        Assert.InRange(bench.HeldBytes, 231 * MiB, 234 * MiB);
    }

    [Fact]
    public void A_step_comes_at_its_time()
    {
        Bench bench = new(Large, new LeakWorkload
        {
            BytesPerSecond = 2 * MiB, Shape = LeakShape.Step, FinalBytesPerSecond = 20 * MiB, OverUsec = 5 * Second,
        });
        bench.Advance(5 * Second);
        Assert.InRange(bench.HeldBytes, 99 * MiB / 10, 101 * MiB / 10);
        bench.Advance(Second);
        Assert.InRange(bench.HeldBytes, 299 * MiB / 10, 301 * MiB / 10);
    }

    [Fact]
    public void Curves_fall_as_well()
    {
        RateCurve curve = new(LeakShape.Exponential, 1600, 100, 40 * Second);
        Assert.Equal((1600, 800, 400, 200, 100, 100),
            (curve.At(0), curve.At(10 * Second), curve.At(20 * Second), curve.At(30 * Second), curve.At(40 * Second),
                curve.At(41 * Second)));
        Assert.Equal(850, new RateCurve(LeakShape.Ramp, 1600, 100, 40 * Second).At(20 * Second));
    }

    /// <summary>Once in 5 s against never: of what is used, reclaim takes a page thirteen times less readily.</summary>
    [Fact]
    public void What_is_used_again_stays_in_memory_and_the_rest_is_swapped()
    {
        Bench bench = new(
            new MachineOptions { RamBytes = 464 * MiB, Swap = [new SwapDeviceOptions { SizeBytes = 1024 * MiB }] },
            new LeakWorkload { BytesPerSecond = 10 * MiB, UsedMillionths = 200_000, CeilingBytes = 500 * MiB });
        bench.Advance(90 * Second);
        MemoryRegion cold = bench.Process.Regions[0];
        MemoryRegion used = bench.Process.Regions[1];
        Assert.Equal(Pages.FromMiB(100), used.SizePages);
        Assert.Equal(Pages.FromMiB(400), cold.SizePages);
        Assert.InRange(used.TouchesPerSecond, used.SizePages / 6, used.SizePages / 5);
        Assert.True(cold.SwappedPages > Pages.FromMiB(60), $"cold {cold.SwappedPages}");
        Assert.True(used.SwappedPages < used.SizePages / 20, $"used {used.SwappedPages}");
    }
}
