using System.Linq;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;
using PressureD.Simulation.Workloads;
using static PressureD.Simulation.Tests.Workloads.Bench;

namespace PressureD.Simulation.Tests.Workloads;

/// <summary>Who obeys pressure, when and how much.</summary>
public sealed class ReactiveWorkloadTests
{
    /// <summary>
    /// Half of the time stalled is 200 ms within 400 ms. Root's trigger is looked at every tenth of its window; without
    /// privilege it is when averages are folded, every 2 s.
    /// </summary>
    [Theory]
    [InlineData(0, 500_000, 800_000)]
    [InlineData(1000, 500_000, 4_200_000)]
    public void It_lets_go_of_its_share_a_while_after_the_event(int uid, long soonestUsec, long latestUsec)
    {
        ReactiveWorkload cache = Cache(shedMillionths: 300_000);
        Bench bench = new(new MachineOptions(), cache, uid);
        bench.Advance(5 * Second);
        Assert.Equal(200 * MiB, bench.HeldBytes);
        bench.Machine.ImposeStall(bench.Cgroup, PsiState.MemorySome, 500_000);
        long afterUsec = UntilShed(bench, cache);
        Assert.InRange(afterUsec, soonestUsec, latestUsec);
        Assert.Equal(140 * MiB, bench.HeldBytes);
        bench.Machine.ImposeStall(bench.Cgroup, PsiState.MemorySome, 0);

        // It fills again once it has been calm for so long.
        bench.Advance(9 * Second);
        Assert.InRange(bench.HeldBytes, 60 * MiB, 140 * MiB);
        bench.Advance(15 * Second);
        Assert.Equal(200 * MiB, bench.HeldBytes);
    }

    [Fact]
    public void The_delay_is_its_own()
    {
        ReactiveWorkload prompt = Cache(500_000);
        ReactiveWorkload slow = new() { SizeBytes = 200 * MiB, DelayUsec = 1_100_000 };
        long[] after = [0, 0];
        foreach ((int index, ReactiveWorkload cache) in new[] { prompt, slow }.Index())
        {
            Bench bench = new(new MachineOptions(), cache);
            bench.Advance(5 * Second);
            bench.Machine.ImposeStall(bench.Cgroup, PsiState.MemorySome, 500_000);
            after[index] = UntilShed(bench, cache);
        }

        Assert.Equal(1_000_000, after[1] - after[0]);
    }

    /// <summary>180 ms of every 2 s are less than the 200 ms of systemd's default.</summary>
    [Fact]
    public void Less_stall_than_it_asked_for_is_no_event()
    {
        ReactiveWorkload cache = Cache(500_000);
        Bench bench = new(new MachineOptions(), cache);
        bench.Machine.ImposeStall(bench.Cgroup, PsiState.MemorySome, 90_000);
        bench.Advance(60 * Second);
        Assert.Equal(0, cache.Sheds);
    }

    [Fact]
    public void A_kernel_that_refuses_its_trigger_leaves_it_without_news()
    {
        foreach (KernelProfile profile in (KernelProfile[])
            [KernelProfile.Debian11, KernelProfile.Debian12 with { Psi = false }])
        {
            ReactiveWorkload cache = Cache(500_000);
            Bench bench = new(new MachineOptions { Profile = profile }, cache, uid: 1000);
            bench.Machine.ImposeStall(bench.Cgroup, PsiState.MemorySome, 500_000);
            bench.Advance(30 * Second);
            Assert.Equal(0, cache.Sheds);
        }
    }

    [Fact]
    public void The_machines_pressure_is_another_than_its_cgroups()
    {
        ReactiveWorkload cache = new() { SizeBytes = 200 * MiB, WatchesMachine = true };
        Bench bench = new(new MachineOptions(), cache);
        bench.Machine.ImposeStall(bench.Cgroup, PsiState.MemorySome, 500_000);
        bench.Advance(10 * Second);
        Assert.Equal(0, cache.Sheds);
        bench.Machine.ImposeStall(bench.Machine.Root, PsiState.MemorySome, 500_000);
        bench.Advance(Second);
        Assert.Equal(1, cache.Sheds);
    }

    [Fact]
    public void Under_memory_high_it_comes_out_of_the_throttle_by_itself()
    {
        Bench obedient = UnderHigh(KernelProfile.Debian12);
        Bench deaf = UnderHigh(KernelProfile.Debian12 with { Psi = false });
        Assert.True(obedient.Process.MemoryStallNsec * 3 < deaf.Process.MemoryStallNsec,
            $"{obedient.Process.MemoryStallNsec} against {deaf.Process.MemoryStallNsec}");
    }

    private static Bench UnderHigh(KernelProfile profile)
    {
        Bench bench = new(new MachineOptions { Profile = profile }, new ReactiveWorkload
        {
            SizeBytes = 400 * MiB, FillBytesPerSecond = 20 * MiB,
        });
        bench.Cgroup.HighPages = Pages.FromMiB(200);
        bench.Advance(60 * Second);
        return bench;
    }

    private static ReactiveWorkload Cache(long shedMillionths) => new()
    {
        SizeBytes = 200 * MiB, FillBytesPerSecond = 100 * MiB, ShedMillionths = shedMillionths,
    };

    private static long UntilShed(Bench bench, ReactiveWorkload cache)
    {
        long usec = 0;
        for (; cache.Sheds == 0 && usec < 10 * Second; usec += SimulatedMachine.TickUsec) bench.Machine.Tick();
        return usec;
    }
}
