using System.Linq;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Machine;

/// <summary>Program text, and background reclaim that costs more than the time there is.</summary>
public sealed class TextTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void A_program_whose_text_was_thrown_out_reads_it_again()
    {
        var machine = new SimulatedMachine(new MachineOptions());
        machine.MakeCgroup("/a");
        var process = machine.Start(new ProcessOptions
        {
            Cgroup = "/a",
            FileBytes = 8 * MiB,
            Workload = new HotSetWorkload { SizeBytes = MiB, TouchesPerSecond = 100_000 },
        });
        machine.Advance(1_000_000);
        Assert.Equal(0, process.MajorFaults);

        machine.ReclaimFrom(machine.FindCgroup("/a")!, Pages.FromMiB(8), null);
        machine.Advance(1_000_000);
        Assert.InRange(machine.Counters.RefaultedFile, 50, Pages.FromMiB(8));
        Assert.True(process.IoStallNsec > 0);
    }

    [Fact]
    public void Background_reclaim_takes_the_time_that_it_costs()
    {
        // 1.5 ms a page: within a second one processor stores some 700 pages, and whoever waits for memory as many.
        var zram = new SwapDeviceOptions
        {
            SizeBytes = 512 * MiB, Zram = new ZramOptions { CompressNsec = 1_500_000 },
        };
        var machine = new SimulatedMachine(new MachineOptions { Swap = [zram], BootCacheBytes = 0 });
        machine.MakeCgroup("/a");
        var held = machine.FreePages - machine.Watermarks.Low + 1_000;
        machine.Start(new ProcessOptions { Cgroup = "/a", AnonBytes = held * Pages.Bytes });
        machine.Start(new ProcessOptions { Cgroup = "/a", Workload = new LeakWorkload { BytesPerSecond = 4096 } });
        machine.Advance(1_000_000);
        Assert.InRange(machine.Counters.SwappedOut, 1, 1_500);
    }
}
