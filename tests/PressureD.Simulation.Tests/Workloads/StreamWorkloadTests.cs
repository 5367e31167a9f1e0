using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;
using static PressureD.Simulation.Tests.Workloads.Bench;

namespace PressureD.Simulation.Tests.Workloads;

/// <summary>Files read from end to end.</summary>
public sealed class StreamWorkloadTests
{
    [Fact]
    public void It_fills_the_cache_and_takes_nothing_that_is_used()
    {
        StreamWorkload stream = new() { BytesPerSecond = 50 * MiB, SizeBytes = 4096 * MiB };
        Bench bench = new(new MachineOptions(), stream);
        SimulatedProcess other = bench.Machine.Start(new ProcessOptions { AnonBytes = 300 * MiB });
        bench.Advance(60 * Second);
        Assert.Equal(3000 * MiB, stream.ReadPages * Pages.Bytes);
        Assert.Equal(300 * MiB, other.ResidentPages * Pages.Bytes);
        Assert.True(bench.Machine.AvailablePages > Pages.FromMiB(450), $"{bench.Machine.AvailablePages}");
        Assert.True(bench.Stat("file") > 300 * MiB);
        Assert.Equal(0, bench.Stat("workingset_refault_file"));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(64)]
    public void A_small_file_is_read_as_fast_as_a_large_one(long fileKiB)
    {
        StreamWorkload stream = new() { BytesPerSecond = 60 * MiB, SizeBytes = fileKiB << 10 };
        Bench bench = new(new MachineOptions(), stream);
        bench.Advance(2 * Second);
        Assert.Equal(120 * MiB, stream.ReadPages * Pages.Bytes);
    }

    [Theory]
    [InlineData(300, 0)]
    [InlineData(1200, 100)]
    public void Only_a_file_that_fits_is_there_when_it_is_read_again(long fileMiB, long readAgainPercent)
    {
        StreamWorkload stream = new() { BytesPerSecond = 100 * MiB, SizeBytes = fileMiB * MiB };
        Bench bench = new(new MachineOptions(), stream);
        bench.Advance(14 * Second);
        Assert.True(stream.Passes >= 1);
        long readKiB = bench.Machine.Counters.ReadKiB;
        long pages = stream.ReadPages;
        long refaults = bench.Stat("workingset_refault_file");
        bench.Advance(5 * Second);
        Assert.Equal(
            Pages.ToKiB(stream.ReadPages - pages) * readAgainPercent / 100, bench.Machine.Counters.ReadKiB - readKiB);
        if (readAgainPercent > 0)
            Assert.InRange(
                bench.Stat("workingset_refault_file") - refaults, (stream.ReadPages - pages) / 2,
                stream.ReadPages - pages);
    }

    [Fact]
    public void Of_what_is_read_again_nothing_comes_from_the_disk()
    {
        StreamWorkload stream = new()
        {
            BytesPerSecond = 100 * MiB, SizeBytes = 4096 * MiB, ReuseMillionths = 200_000,
        };
        Bench bench = new(new MachineOptions { RamBytes = 4096 * MiB }, stream);
        bench.Advance(10 * Second);
        Assert.Equal(1000 * MiB, stream.ReadPages * Pages.Bytes);
        Assert.InRange(bench.Machine.Counters.ReadKiB / 1024, 795, 805);
    }
}
