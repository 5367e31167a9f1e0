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

    private static long MiB(SimulatedCgroup cgroup) => cgroup.CurrentPages * Pages.Bytes >> 20;
}
