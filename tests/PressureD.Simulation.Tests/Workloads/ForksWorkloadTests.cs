using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;
using static PressureD.Simulation.Tests.Workloads.Bench;

namespace PressureD.Simulation.Tests.Workloads;

/// <summary>Forks: what they cost, and what refuses them.</summary>
public sealed class ForksWorkloadTests
{
    [Fact]
    public void At_pids_max_forks_fail_and_are_counted()
    {
        ForksWorkload forks = new() { ForksPerSecond = 100 };
        Bench bench = new(new MachineOptions { Profile = KernelProfile.Debian13 }, forks);
        bench.Cgroup.PidsMax = "50";
        bench.Advance(2 * Second);
        Assert.Equal("50", bench.Read("pids.current"));
        Assert.Equal((49, 151), (forks.Forked, forks.Refused));
        Assert.Equal("max 151", bench.Read("pids.events"));

        // Of each child: its memory, a stack of 16 KiB, and page tables.
        Assert.Equal(49 * 16 << 10, bench.Stat("kernel_stack"));
        Assert.Equal(50 * 16 << 10, bench.Stat("pagetables"));
        Assert.Equal(99 * 16 << 10, bench.Stat("kernel"));
        Assert.Equal((49 * MiB) + (99 * 16 << 10), bench.Cgroup.CurrentPages * Pages.Bytes);

        bench.Machine.KillCgroup(bench.Cgroup);
        bench.Advance(Second);
        Assert.Equal(0, bench.Cgroup.CurrentPages);
    }

    [Theory]
    [InlineData("1", 0)]
    [InlineData("2", 4)]
    public void A_service_that_pids_max_refuses_is_tried_again(string most, int lives)
    {
        RestartLoopWorkload loop = new() { LifeUsec = Second, PauseUsec = Second };
        Bench bench = new(new MachineOptions { Profile = KernelProfile.Debian13 }, loop);
        bench.Cgroup.PidsMax = most;
        bench.Advance(8 * Second);
        Assert.Equal(lives, loop.Lives);
        if (lives == 0) Assert.InRange(bench.Cgroup.ForksRefused, 7, 8);
    }

    [Fact]
    public void Children_without_memory_count_in_the_peak_and_stay_below_the_limit()
    {
        ForksWorkload forks = new() { ForksPerSecond = 100, ChildBytes = 0 };
        Bench bench = new(new MachineOptions(), forks);
        bench.Cgroup.MaxPages = Pages.FromMiB(1);
        bench.Advance(Second);
        Assert.InRange(bench.Cgroup.PeakPages, Pages.FromMiB(1) - 8, Pages.FromMiB(1));
    }

    /// <summary>Before 6.11 it counts where the process is that forked, then at the limit and above it.</summary>
    [Theory]
    [InlineData("6.1", "max 0", null)]
    [InlineData("6.12", "max 91", "max 91")]
    public void Refused_forks_count_where_the_kernel_counts_them(string kernel, string atLimit, string? local)
    {
        Bench bench = new(new MachineOptions { Profile = KernelProfile.Named(kernel)! }, new LeakWorkload
        {
            BytesPerSecond = 0,
        });
        bench.Machine.MakeCgroup("/a/b");
        bench.Cgroup.PidsMax = "11";
        bench.Machine.Start(new ProcessOptions
        {
            Cgroup = "/a/b", Workload = new ForksWorkload { ForksPerSecond = 100 },
        });
        bench.Advance(Second);
        Assert.Equal(atLimit, bench.Read("pids.events"));
        Assert.Equal(local, bench.Kernel.ReadAsOwner("/a", "pids.events.local"));
        Assert.Equal(kernel == "6.1" ? "max 91" : "max 0", bench.Kernel.ReadAsOwner("/a/b", "pids.events"));
    }

    [Fact]
    public void Children_end_when_their_life_is_over()
    {
        Bench bench = new(new MachineOptions(), new ForksWorkload { ForksPerSecond = 10, LifeUsec = 2 * Second });
        bench.Advance(30 * Second);
        Assert.InRange(bench.Cgroup.PopulatedCount, 20, 23);
        Assert.InRange(bench.Stat("anon"), 19 * MiB, 22 * MiB);
    }

    [Fact]
    public void A_bomb_doubles()
    {
        Bench bench = new(new MachineOptions(), new ForksWorkload { ForksPerSecond = 1, IsBomb = true });
        bench.Advance(5_500_000);
        Assert.InRange(bench.Cgroup.PopulatedCount, 28, 34);
        bench.Advance(2 * Second);
        Assert.InRange(bench.Cgroup.PopulatedCount, 112, 136);
    }

    /// <summary>threads-max: the stacks of all tasks may take an eighth of memory.</summary>
    [Fact]
    public void A_machine_has_a_limit_of_its_own()
    {
        ForksWorkload forks = new() { ForksPerSecond = 4_000, ChildBytes = 0 };
        Bench bench = new(
            new MachineOptions { RamBytes = 128 * MiB, KernelBytes = 16 * MiB, BootCacheBytes = 0 }, forks);
        bench.Advance(Second);
        Assert.Equal(1024, bench.Machine.Processes.Count);
        Assert.True(forks.Refused > 1000);
    }

    [Fact]
    public void A_bomb_without_limits_meets_the_kernels_killer()
    {
        Bench bench = new(
            new MachineOptions { RamBytes = 256 * MiB }, new ForksWorkload { ForksPerSecond = 4, IsBomb = true });
        bench.Advance(10 * Second);
        Assert.NotEmpty(bench.Machine.OomKills);
    }

    [Fact]
    public void A_build_that_is_refused_compilers_runs_with_fewer()
    {
        BuildWorkload build = new() { Jobs = 8, Units = 12, JobBytes = 10 * MiB, JobUsec = 200_000 };
        Bench bench = new(new MachineOptions(), build);
        bench.Cgroup.PidsMax = "4";
        long most = 0;
        for (int tick = 0; tick < 1000 && bench.Process.IsAlive; tick++)
        {
            bench.Machine.Tick();
            most = long.Max(most, bench.Cgroup.PopulatedCount);
        }

        Assert.Equal((4, 12, false), (most, build.Done, bench.Process.IsAlive));
    }
}
