using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Machine;

/// <summary>memory.high as it was measured on a real kernel, and memory.reclaim.</summary>
public sealed class ThrottleTests
{
    /// <summary>
    /// Measured on 6.12: high = 100 MiB, a leak at full speed without swap: 103.7 MiB at once, 115.5 MiB after 35 s,
    /// stalled for 99.5 % of the time, and no kill.
    /// </summary>
    [Fact]
    public void A_leak_over_memory_high_creeps_on_stalls_and_is_not_killed()
    {
        var machine = new SimulatedMachine(new MachineOptions { RamBytes = 1L << 30 });
        SimulatedCgroup cgroup = machine.MakeCgroup("/leak");
        cgroup.HighPages = Pages.FromBytes(100L << 20);
        machine.Start(new ProcessOptions
        {
            Comm = "leak", Cgroup = "/leak", Workload = new LeakWorkload { BytesPerSecond = 200L << 20 },
        });

        machine.Advance(3_000_000);
        Assert.InRange(MiB(cgroup), 102, 110);
        machine.Advance(32_000_000);
        Assert.InRange(MiB(cgroup), 111, 120);
        cgroup.Pressure.Read(machine.NowUsec * 1000);
        long stalledUsec = cgroup.Pressure.TotalNsec(PsiState.MemoryFull) / 1000;
        Assert.InRange(stalledUsec, 30_000_000, 35_000_000);
        Assert.Empty(machine.OomKills);
        Assert.True(cgroup.Events.High > 100, $"{cgroup.Events.High} events");
    }

    [Fact]
    public void A_cgroup_under_its_memory_high_pays_nothing()
    {
        var machine = new SimulatedMachine(new MachineOptions { RamBytes = 1L << 30 });
        SimulatedCgroup cgroup = machine.MakeCgroup("/leak");
        cgroup.HighPages = Pages.FromBytes(400L << 20);
        machine.Start(new ProcessOptions
        {
            Comm = "leak", Cgroup = "/leak", Workload = new LeakWorkload { BytesPerSecond = 20L << 20 },
        });

        machine.Advance(5_000_000);
        Assert.InRange(MiB(cgroup), 90, 110);
        Assert.Equal(0, cgroup.Events.High);
    }

    /// <summary>
    /// A quarter over the limit, each batch of 64 pages costs the longest sleep, 2 s: 32 pages a second.
    /// </summary>
    [Theory]
    [InlineData(40, 100, 420)]
    [InlineData(60, 40_000, 60_000)]
    public void A_leak_whose_swap_is_over_memory_swap_high_creeps_on(long highMib, long atLeast, long atMost)
    {
        SimulatedMachine machine = WithSwap(512);
        SimulatedCgroup parent = machine.MakeCgroup("/a");
        SimulatedCgroup cgroup = machine.MakeCgroup("/a/leak");
        parent.SwapHighPages = Pages.FromBytes(highMib << 20);
        SimulatedProcess leak = machine.Start(new ProcessOptions
        {
            Comm = "leak",
            Cgroup = "/a/leak",
            SwappedBytes = 50L << 20,
            Workload = new LeakWorkload { BytesPerSecond = 20L << 20 },
        });
        machine.Advance(10_000_000);
        Assert.InRange(leak.ResidentPages, atLeast, atMost);
        bool isOver = highMib < 50;
        Assert.Equal(isOver, cgroup.Pressure.TotalNsec(PsiState.MemoryFull) > 9_000_000_000);
        Assert.Equal(isOver, parent.SwapEvents.High > 0);
        Assert.Equal(0, cgroup.SwapEvents.High);
        Assert.Equal(0, cgroup.Events.High);
    }

    [Fact]
    public void What_memory_swap_max_keeps_from_swap_is_counted_and_what_it_forbids_is_not_tried()
    {
        SimulatedMachine machine = WithSwap(512);
        SimulatedCgroup some = machine.MakeCgroup("/some");
        SimulatedCgroup none = machine.MakeCgroup("/none");
        some.SwapMaxPages = Pages.FromBytes(10L << 20);
        none.SwapMaxPages = 0;
        foreach (string name in new[] { "/some", "/none" })
            machine.Start(new ProcessOptions { Comm = "idle", Cgroup = name, AnonBytes = 100L << 20 });
        for (int second = 0; second < 3; second++)
        {
            Assert.False(machine.ReclaimFrom(some, Pages.FromBytes(60L << 20), swappiness: null));
            Assert.False(machine.ReclaimFrom(none, Pages.FromBytes(60L << 20), swappiness: null));
            machine.Advance(1_000_000);
        }

        Assert.Equal(some.SwapMaxPages, some.SwapPages);

        // The last batch went over the limit: no more than a batch was refused.
        Assert.InRange(some.SwapEvents.Max, 1, Pages.FromBytes(15L << 20));
        Assert.Equal(some.SwapEvents.Max, some.SwapEvents.Fail);
        Assert.Equal((0, 0), (none.SwapEvents.Max, none.SwapEvents.Fail));
    }

    [Fact]
    public void What_a_busy_disk_or_a_full_swap_keeps_is_no_limits_work()
    {
        SimulatedMachine machine = WithSwap(62);
        SimulatedCgroup cgroup = machine.MakeCgroup("/idle");
        cgroup.SwapMaxPages = Pages.FromBytes(400L << 20);
        machine.Start(new ProcessOptions { Comm = "idle", Cgroup = "/idle", AnonBytes = 300L << 20 });

        // More than the disk takes at a time: it is busy, and nothing failed.
        machine.ReclaimFrom(cgroup, Pages.FromBytes(40L << 20), swappiness: null);
        Assert.InRange(cgroup.SwapPages, 1, Pages.FromBytes(63L << 20));
        Assert.Equal((0, 0), (cgroup.SwapEvents.Max, cgroup.SwapEvents.Fail));
        for (int second = 0; second < 30; second++)
        {
            machine.Advance(1_000_000);
            machine.ReclaimFrom(cgroup, Pages.FromBytes(20L << 20), swappiness: null);
        }

        Assert.Equal(0, machine.SwapFreePages);
        Assert.True(cgroup.SwapEvents.Fail > 0);
        Assert.Equal(0, cgroup.SwapEvents.Max);
    }

    /// <summary>Reclaim for memory.high makes swap out of memory: then memory.swap.high slows down.</summary>
    [Theory]
    [InlineData(1000, 38_000, 38_400)]
    [InlineData(20, 17_000, 20_000)]
    public void What_memory_high_swaps_out_memory_swap_high_slows_down(long swapHighMib, long atLeast, long atMost)
    {
        SimulatedMachine machine = WithSwap(900);
        SimulatedCgroup cgroup = machine.MakeCgroup("/leak");
        cgroup.HighPages = Pages.FromBytes(50L << 20);
        cgroup.SwapHighPages = Pages.FromBytes(swapHighMib << 20);
        SimulatedProcess leak = machine.Start(new ProcessOptions
        {
            Comm = "leak", Cgroup = "/leak", Workload = new LeakWorkload { BytesPerSecond = 5L << 20 },
        });
        machine.Advance(30_000_000);
        Assert.InRange(leak.ResidentPages + leak.SwappedPages, atLeast, atMost);
    }

    private static SimulatedMachine WithSwap(long mib) =>
        new(new MachineOptions { Swap = [new SwapDeviceOptions { SizeBytes = mib << 20 }] });

    private static long MiB(SimulatedCgroup cgroup) => cgroup.CurrentPages * Pages.Bytes >> 20;
}
