using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;
using static PressureD.Simulation.Tests.Workloads.Bench;

namespace PressureD.Simulation.Tests.Workloads;

/// <summary>What is hot and what is cold, and what is written.</summary>
public sealed class HotSetWorkloadTests
{
    [Theory]
    [InlineData(0, 0, 5)]
    [InlineData(1_000_000, 80, 130)]
    public void What_is_only_read_is_swapped_out_once(long writes, long leastPercent, long mostPercent)
    {
        Bench bench = Thrash(writes, swapMiB: 2048);
        VmCounters counters = bench.Machine.Counters;
        (long swappedIn, long swappedOut) = (counters.SwappedIn, counters.SwappedOut);
        bench.Advance(30 * Second);
        long swapsIn = counters.SwappedIn - swappedIn;
        Assert.True(swapsIn > 10_000, $"{swapsIn}");
        Assert.InRange((counters.SwappedOut - swappedOut) * 100 / swapsIn, leastPercent, mostPercent);
    }

    [Fact]
    public void Its_copies_on_swap_are_in_the_files_and_not_in_memory_swap_current()
    {
        Bench bench = Thrash(writeMillionths: 0, swapMiB: 2048);
        long cached = bench.Machine.SwapCachedPages * Pages.Bytes;
        Assert.True(cached > 20 * MiB, $"{cached}");
        Assert.Equal(cached, bench.MemInfo("SwapCached"));
        Assert.Equal(cached, bench.Stat("swapcached"));
        long swapped = bench.Process.SwappedPages * Pages.Bytes;
        Assert.InRange(long.Parse(bench.Read("memory.swap.current")), swapped, swapped + (8 * MiB));
        Assert.True(bench.MemInfo("SwapTotal") - bench.MemInfo("SwapFree") >= swapped + cached);
        bench.Machine.Exit(bench.Process);
        bench.Advance(5 * Second);
        Assert.Equal((0, 0), (bench.Machine.SwapCachedPages, bench.Cgroup.SwapPages));
        Assert.Equal(
            bench.Kernel.Daemon.SwappedPages, bench.Machine.SwapTotalPages - bench.Machine.SwapFreePages);
    }

    /// <summary>vm_swap_full: once swap is half full, what comes back keeps no copy there.</summary>
    [Fact]
    public void A_swap_that_is_half_full_keeps_no_more_copies() =>
        Assert.InRange(Thrash(writeMillionths: 0, swapMiB: 220).Machine.SwapCachedPages, 0, Pages.FromMiB(5));

    [Fact]
    public void Copies_give_way_to_what_needs_their_slots()
    {
        Bench bench = Thrash(writeMillionths: 0, swapMiB: 400);
        Assert.True(bench.Machine.SwapCachedPages > Pages.FromMiB(20), $"{bench.Machine.SwapCachedPages}");
        bench.Machine.Start(new ProcessOptions
        {
            Cgroup = "/a", Workload = new LeakWorkload { BytesPerSecond = 20 * MiB },
        });
        for (int second = 0; second < 120 && bench.Machine.OomKills.Count == 0; second++)
        {
            bench.Advance(Second);
            if (bench.Machine.SwapFreePages < Pages.FromMiB(20))
                Assert.InRange(bench.Machine.SwapCachedPages, 0, Pages.FromMiB(5));
        }

        Assert.NotEmpty(bench.Machine.OomKills);
    }

    [Fact]
    public void The_cold_set_is_swapped_before_the_hot_one()
    {
        HotSetWorkload work = new()
        {
            SizeBytes = 150 * MiB, TouchesPerSecond = 20_000, ColdBytes = 300 * MiB, ColdTouchesPerSecond = 50,
        };
        Bench bench = new(
            new MachineOptions { RamBytes = 464 * MiB, Swap = [new SwapDeviceOptions { SizeBytes = 1024 * MiB }] },
            work);
        bench.Advance(60 * Second);
        MemoryRegion hot = bench.Process.Regions[0];
        MemoryRegion cold = bench.Process.Regions[1];
        Assert.True(cold.SwappedPages > Pages.FromMiB(60), $"{cold.SwappedPages}");
        Assert.True(hot.SwappedPages * 10 < cold.SwappedPages, $"{hot.SwappedPages}");
        (long touches, long coldTouches) = (work.Touches, work.ColdTouches);
        bench.Advance(10 * Second);
        Assert.InRange(work.Touches - touches, 150_000, 200_000);
        Assert.InRange(work.ColdTouches - coldTouches, 400, 500);
    }

    [Fact]
    public void Whose_pages_are_taken_gets_less_done()
    {
        const int flushNsec = 50_000;
        (long untouched, _) = TouchesWhilePagesAreTaken(0);
        (long touches, long takenPages) = TouchesWhilePagesAreTaken(flushNsec);
        Assert.True(takenPages > Pages.FromMiB(50), $"{takenPages}");
        long lostNsec = (untouched - touches) * new HotSetWorkload { SizeBytes = 0 }.TouchNsec;
        Assert.InRange(lostNsec, takenPages * flushNsec * 3 / 4, takenPages * flushNsec * 5 / 4);
    }

    private static (long Touches, long TakenPages) TouchesWhilePagesAreTaken(int flushNsec)
    {
        HotSetWorkload work = new() { SizeBytes = 10 * MiB };
        Bench bench = new(
            new MachineOptions
            {
                RamBytes = 464 * MiB,
                Swap = [new SwapDeviceOptions { SizeBytes = 1024 * MiB }],
                Costs = new CpuCosts { FlushNsec = flushNsec },
            },
            work);
        MemoryRegion idle = bench.Machine.MapRegion(bench.Process, RegionKind.Anon);
        bench.Machine.Fill(idle, Pages.FromMiB(200));
        bench.Machine.Start(new ProcessOptions
        {
            Cgroup = "/a", Workload = new LeakWorkload { BytesPerSecond = 20 * MiB, CeilingBytes = 350 * MiB },
        });
        bench.Advance(40 * Second);
        return (work.Touches, idle.SwappedPages);
    }

    private static Bench Thrash(long writeMillionths, long swapMiB)
    {
        Bench bench = new(
            new MachineOptions { RamBytes = 464 * MiB, Swap = [new SwapDeviceOptions { SizeBytes = swapMiB * MiB }] },
            new HotSetWorkload { SizeBytes = 480 * MiB, TouchesPerSecond = 20_000, WriteMillionths = writeMillionths });
        bench.Advance(90 * Second);
        return bench;
    }
}
