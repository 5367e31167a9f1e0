using System.Linq;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Workloads;
using Files = PressureD.Simulation.Tests.ScenarioFiles.Scenarios;

namespace PressureD.Simulation.Tests.Machine;

/// <summary>
/// The model beside what was measured on real kernels. docs/validation.md has all figures, also those that miss.
/// </summary>
public sealed class ValidationTests
{
    [Theory]
    [InlineData(20, 10, 2_800, 3_200)]
    [InlineData(5, 10, 10_600, 10_600)]
    [InlineData(5, 5, 6_200, 6_200)]
    [InlineData(5, 2, 3_200, 3_200)]
    public void A_leak_without_swap_leaves_about_as_long_as_on_real_kernels(
        int mibPerSecond, int percent, long leastRealMsec, long mostRealMsec)
    {
        ScenarioOutcome outcome = Run($$"""
            duration: 120s
            machine: { ram: 464MiB, kernel-memory: 40MiB, slab: 10MiB, boot-cache: 10MiB }
            processes:
              - { name: r, cgroup: r, cache-reader: { size: 120MiB, cached: true, reads: 2000/s } }
              - { name: leak, cgroup: leak, starts: 2s, leak: { rate: {{mibPerSecond}}MiB/s } }
            """);
        long oomUsec = KernelKill(outcome);
        long belowUsec = outcome.Rows.First(row => row.AvailableBytes * 100 < row.TotalBytes * percent).Usec;
        long leadMsec = (oomUsec - belowUsec) / 1000;
        Assert.InRange(leadMsec, leastRealMsec * 2 / 3, mostRealMsec * 3 / 2);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(20)]
    [InlineData(5)]
    public void Pressure_hardly_shows_before_the_kernels_killer(int mibPerSecond)
    {
        ScenarioOutcome outcome = Run($$"""
            duration: 120s
            machine: { ram: 464MiB, kernel-memory: 40MiB, slab: 10MiB, boot-cache: 10MiB }
            processes:
              - { name: r, cgroup: r, cache-reader: { size: 120MiB, cached: true, reads: 2000/s } }
              - { name: leak, cgroup: leak, starts: 2s, leak: { rate: {{mibPerSecond}}MiB/s } }
            """);
        long oomUsec = KernelKill(outcome);
        Assert.InRange(outcome.Rows.Where(row => row.Usec <= oomUsec).Max(row => row.MemorySome10), 0, 1_310);
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("generations")]
    public void Memory_pressure_of_a_reader_peaks_a_little_above_its_limit_and_gives_way_to_io(string lru)
    {
        long fits = Refault(60, lru).Memory;
        long peak = Refault(72, lru).Memory;
        (long Memory, long Io) wide = Refault(128, lru);
        Assert.InRange(fits, 0, 100);
        Assert.True(peak > 800, $"{peak}");
        Assert.True(wide.Memory * 8 < peak, $"{wide.Memory} of {peak}");
        Assert.True(wide.Io > 1_800, $"{wide.Io}");
    }

    [Fact]
    public void Thrashing_loses_nearly_all_throughput()
    {
        long fits = Touches(56);
        Assert.All([72, 96, 192], mib => Assert.InRange(Touches(mib), 1, fits / 200));
    }

    [Fact]
    public void A_leak_into_swap_is_not_killed_and_presses_as_on_the_real_kernel()
    {
        ScenarioOutcome outcome = Run("""
            duration: 60s
            machine: { ram: 464MiB, kernel-memory: 40MiB, slab: 10MiB, boot-cache: 10MiB, swap: 2GiB, lru: generations }
            processes:
              - { name: r, cgroup: r, cache-reader: { size: 120MiB, cached: true, reads: 2000/s } }
              - { name: leak, cgroup: leak, starts: 2s, leak: { rate: 20MiB/s, ceiling: 900MiB } }
            """);
        Assert.Empty(outcome.KernelKills);
        Assert.InRange(outcome.Rows.Max(row => row.MemorySome10), 4_400 * 3 / 4, 4_400 * 5 / 4);
    }

    [Fact]
    public void Zram_gives_a_leak_what_compression_gains()
    {
        long gained = (LeakedUntilKilled("{ size: 512MiB, ratio: 187%, incompressible: 0% }")
            - LeakedUntilKilled(null)) >> 20;
        Assert.InRange(gained, 237 * 9 / 10, 237 * 11 / 10);
    }

    [Theory]
    [InlineData("5.10")]
    [InlineData("6.1")]
    [InlineData("6.6")]
    [InlineData("6.12")]
    [InlineData("6.18")]
    public void Each_kernel_has_what_came_with_its_version(string version)
    {
        KernelProfile profile = KernelProfile.Named(version)!;
        ScenarioStage stage = new(
            Files.Read($"title: t\npolicy: none\nduration: 1s\nmachine: {{ kernel: \"{version}\" }}\ncgroups: [ {{ path: a }} ]\n"),
            seed: 1);
        Assert.Equal(profile.CgroupKill, version != "5.10");
        Assert.Equal(version is not "5.10", stage.Kernel.ReadAsOwner("/a", "memory.events")!.Contains("oom_group_kill"));
        Assert.Equal(version is "6.12" or "6.18", stage.Kernel.ReadAsOwner("/a", "cgroup.stat")!.Contains("nr_subsys_memory"));
        Assert.Equal(version is "6.18", stage.Kernel.ReadAsOwner("/a", "memory.stat")!.Contains("pgscan_proactive"));
        Assert.Equal(version is not "5.10", stage.Kernel.ReadAsOwner("/a", "memory.stat")!.Contains("\nkernel "));
    }

    private static ScenarioOutcome Run(string text)
    {
        Scenario scenario = Files.Read("title: t\npolicy: none\n" + text);
        return new ScenarioRun(scenario, null) { RowUsec = 100_000 }.Run();
    }

    private static long KernelKill(ScenarioOutcome outcome) =>
        Assert.Single(outcome.KernelKills).TimeUsec - outcome.Stage.Machine.Options.StartUsec;

    private static (long Memory, long Io) Refault(int mib, string lru)
    {
        ScenarioOutcome outcome = Run($$"""
            duration: 60s
            machine: { lru: {{lru}}, disk: { iops: 4000/s } }
            cgroups: [ { path: job, memory.max: 64MiB } ]
            processes: [ { name: r, cgroup: job, cache-reader: { size: {{mib}}MiB } } ]
            """);
        ScenarioRow last = outcome.Rows[^1];
        return (last.MemorySome10, last.IoSome10);
    }

    private static long Touches(int mib)
    {
        ScenarioOutcome outcome = Run($$"""
            duration: 30s
            machine: { swap: 1GiB, disk: { iops: 4000/s } }
            cgroups: [ { path: job, memory.max: 64MiB } ]
            processes: [ { name: hot, cgroup: job, hot-set: { size: {{mib}}MiB } } ]
            """);
        return ((HotSetWorkload)outcome.Stage.Processes[0].Workload!).Touches;
    }

    private static long LeakedUntilKilled(string? zram)
    {
        ScenarioOutcome outcome = Run($$"""
            duration: 120s
            machine:
              { ram: 512MiB, kernel-memory: 40MiB, slab: 10MiB, boot-cache: 10MiB{{(zram is null ? "" : ", zram: " + zram)}} }
            processes: [ { name: leak, cgroup: leak, leak: { rate: 20MiB/s } } ]
            """);
        return KernelKill(outcome) * 20 * (1 << 20) / 1_000_000;
    }
}
