using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;
using static PressureD.Simulation.Tests.Workloads.Bench;

namespace PressureD.Simulation.Tests.Workloads;

/// <summary>Memory that no reclaim takes.</summary>
public sealed class MlockWorkloadTests
{
    private static readonly MachineOptions WithSwap = new()
    {
        RamBytes = 464 * MiB, Swap = [new SwapDeviceOptions { SizeBytes = 1024 * MiB }],
    };

    [Fact]
    public void It_stays_under_pressure_while_others_are_swapped_and_its_death_frees_it()
    {
        Bench bench = new(WithSwap, new MlockWorkload { SizeBytes = 150 * MiB });
        SimulatedProcess leak = bench.Machine.Start(new ProcessOptions
        {
            Workload = new LeakWorkload { BytesPerSecond = 30 * MiB, CeilingBytes = 300 * MiB },
        });
        bench.Advance(60 * Second);
        Assert.Equal(150 * MiB, bench.Process.ResidentPages * Pages.Bytes);
        Assert.True(leak.SwappedPages > Pages.FromMiB(20), $"{leak.SwappedPages}");
        Assert.Equal(150 * MiB, bench.MemInfo("Mlocked"));
        Assert.Equal(150 * MiB, bench.MemInfo("Unevictable"));
        Assert.Equal(150 * MiB, bench.Stat("unevictable"));
        Assert.Equal(150 * MiB, bench.Stat("anon"));
        Assert.Equal(0, bench.Stat("inactive_anon") + bench.Stat("active_anon"));
        Assert.Contains("nr_mlock 38400\n", bench.KernelTextOf("/proc/vmstat"));
        Assert.Equal(-Errno.EAGAIN, bench.Kernel.WriteAsOwner("/a", "memory.reclaim", "10M"));
        Assert.Equal(150 * MiB, bench.Process.ResidentPages * Pages.Bytes);

        bench.Machine.Signal(bench.Process, Signals.Kill);
        bench.Advance(Second);
        Assert.Equal(0, bench.MemInfo("Mlocked") + bench.Stat("unevictable"));
    }

    [Fact]
    public void More_of_it_than_memory_is_for_the_kernels_killer_however_much_swap_is_free()
    {
        Bench bench = new(WithSwap, new MlockWorkload { SizeBytes = 1024 * MiB, FillBytesPerSecond = 50 * MiB });
        bench.Advance(20 * Second);
        Assert.Equal(bench.Process.Pid, Assert.Single(bench.Machine.OomKills).Pid);
        Assert.Equal(0, bench.Machine.LockedPages);
    }
}
