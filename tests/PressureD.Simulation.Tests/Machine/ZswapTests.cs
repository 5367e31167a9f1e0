using System;
using System.Collections.Generic;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Tests.Kernel;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Machine;

/// <summary>Compression in front of a swap device.</summary>
public sealed class ZswapTests
{
    private const long MiB = 1 << 20;

    /// <summary>4 KiB at 2.5 to 1.</summary>
    private const long StoredBytes = 1638;

    private static readonly ZswapOptions AllShrinks = new() { IncompressiblePermille = 0 };

    [Fact]
    public void A_stored_page_costs_its_cgroup_what_it_takes_compressed_and_a_whole_slot()
    {
        SimulatedKernel kernel = new(Machine(AllShrinks));
        kernel.Machine.Start(new ProcessOptions { Cgroup = "/a", AnonBytes = 200 * MiB });
        long before = kernel.Machine.FindCgroup("/a")!.CurrentPages;
        Assert.Equal(0, kernel.WriteAsOwner("/a", "memory.reclaim", "100M"));

        Dictionary<string, long> stat = KernelText.Keyed(kernel, "/sys/fs/cgroup/a/memory.stat");
        long stored = stat["zswapped"] / 4096;
        Assert.True(stored >= 25_600, "what is taken is the whole of it, what is freed is less");
        Assert.Equal(stored * StoredBytes, stat["zswap"]);
        Assert.Equal(stored, stat["zswpout"]);
        Assert.Equal($"{stored * StoredBytes}\n", KernelText.Read(kernel, "/sys/fs/cgroup/a/memory.zswap.current"));
        Assert.Equal($"{stored * 4096}\n", KernelText.Read(kernel, "/sys/fs/cgroup/a/memory.swap.current"));
        long pool = ((stored * StoredBytes) + 4095) / 4096;
        string current = KernelText.Read(kernel, "/sys/fs/cgroup/a/memory.current");
        Assert.Equal($"{(before - stored + pool) * 4096}\n", current);

        string meminfo = KernelText.Read(kernel, "/proc/meminfo");
        Assert.Contains($"Zswap:          {pool * 4,8} kB\nZswapped:       {stored * 4,8} kB\n", meminfo);
        Assert.Contains($"SwapFree:       {(1024 * 1024) - (stored * 4),8} kB\n", meminfo);
        Dictionary<string, long> host = KernelText.Keyed(kernel, "/proc/vmstat");
        Assert.Equal((stored, 0, 0, 0), (host["zswpout"], host["pswpout"], host["zswpwb"], host["zswpin"]));
        Assert.Equal("", KernelText.Read(kernel, "/sys/fs/cgroup/a/io.stat"));
        MachineMemory.AssertBalanced(kernel.Machine);
    }

    [Fact]
    public void Its_parameters_are_where_the_kernel_has_them()
    {
        const string directory = "/sys/module/zswap/parameters/";
        SimulatedKernel on = new(Machine(AllShrinks with { MaxPoolPercent = 35 }));
        Assert.Equal("Y\n", KernelText.Read(on, directory + "enabled"));
        Assert.Equal("35\n", KernelText.Read(on, directory + "max_pool_percent"));
        Assert.Equal("90\n", KernelText.Read(on, directory + "accept_threshold_percent"));
        SimulatedKernel off = new(new SimulatedMachine(new MachineOptions { Profile = KernelProfile.Debian13 }));
        Assert.Equal("N\n", KernelText.Read(off, directory + "enabled"));
        Assert.Equal("20\n", KernelText.Read(off, directory + "max_pool_percent"));
        SimulatedKernel without = new(new SimulatedMachine(new MachineOptions()));
        Assert.True(KernelText.Open(without, directory + "enabled") < 0);
    }

    [Fact]
    public void The_pool_fills_to_its_share_and_then_writes_its_oldest_pages_at_the_pace_of_the_disk()
    {
        SimulatedMachine machine = Machine(AllShrinks);
        machine.MakeCgroup("/b");
        machine.Start(new ProcessOptions { Cgroup = "/a", AnonBytes = 300 * MiB });
        machine.Start(new ProcessOptions
        {
            Cgroup = "/b", Workload = new LeakWorkload { BytesPerSecond = 20 * MiB, CeilingBytes = 1300 * MiB },
        });
        long limit = machine.RamPages / 5;
        long most = 0;
        while (machine.Counters.ZswapWrittenBack == 0 && machine.ElapsedUsec < 120_000_000)
        {
            machine.Advance(SimulatedMachine.TickUsec);
            most = Math.Max(most, machine.ZswapPages);
        }

        Assert.InRange(most, limit, limit + 1);
        long began = machine.ElapsedUsec, written = machine.Counters.ZswapWrittenBack;
        machine.Advance(5_000_000);
        Assert.InRange(machine.ZswapPages, limit * 85 / 100, limit + 1);

        // 2,000 operations a second of two pages, shared with what does not fit in the pool any more.
        double perSecond = (machine.Counters.ZswapWrittenBack - written) * 1e6 / (machine.ElapsedUsec - began);
        Assert.InRange(perSecond, 500, 4_000);
        Assert.InRange(machine.Counters.SwappedOut, machine.Counters.ZswapWrittenBack, long.MaxValue);
        MachineMemory.AssertBalanced(machine);

        // The idle ones went first, and so are the oldest.
        SimulatedCgroup a = machine.FindCgroup("/a")!;
        Assert.True(a.Counters.ZswapWrittenBack > 0);
    }

    [Fact]
    public void Reading_back_costs_no_io_and_makes_room()
    {
        SimulatedMachine machine = Machine(AllShrinks);
        SimulatedProcess process = machine.Start(new ProcessOptions
        {
            Cgroup = "/a", Workload = new HotSetWorkload { SizeBytes = 200 * MiB, TouchesPerSecond = 20_000 },
        });
        machine.Advance(3_000_000);
        machine.ReclaimFrom(process.Cgroup, Pages.FromMiB(60), null);
        long stored = machine.ZswappedPages;
        Assert.True(stored > 0);
        machine.Advance(10_000_000);
        Assert.True(machine.ZswappedPages < stored / 2);
        Assert.Equal(stored, machine.ZswappedPages + machine.Counters.ZswapIn);
        Assert.Equal((0, 0), (process.IoStallNsec, machine.Counters.SwappedIn));
        Assert.True(process.MajorFaults >= machine.Counters.ZswapIn);
        MachineMemory.AssertBalanced(machine);
        machine.Signal(process, Core.Kernel.Signals.Kill);
        machine.Advance(2_000_000);
        Assert.Equal((0, 0), (machine.ZswappedPages, machine.ZswapPages));
        MachineMemory.AssertBalanced(machine);
    }

    [Fact]
    public void What_does_not_shrink_goes_to_the_disk()
    {
        SimulatedMachine machine = Machine(new ZswapOptions { IncompressiblePermille = 250 });
        machine.Start(new ProcessOptions { Cgroup = "/a", AnonBytes = 100 * MiB });
        machine.ReclaimFrom(machine.FindCgroup("/a")!, 4_000, null);
        Assert.InRange(machine.Counters.SwappedOut * 1000 / (machine.Counters.SwappedOut + machine.Counters.ZswapOut),
            245, 255);
        machine.Advance(2_000_000);
        MachineMemory.AssertBalanced(machine);
    }

    [Fact]
    public void A_cgroups_own_limit_sends_the_rest_to_the_disk()
    {
        SimulatedKernel kernel = new(Machine(AllShrinks));
        SimulatedMachine machine = kernel.Machine;
        machine.Start(new ProcessOptions { Cgroup = "/a", AnonBytes = 100 * MiB });
        Assert.Equal(0, kernel.WriteAsOwner("/a", "memory.zswap.max", "1M"));
        machine.ReclaimFrom(machine.FindCgroup("/a")!, 2_000, null);
        Assert.Equal(((MiB / StoredBytes) + 1) * StoredBytes, machine.FindCgroup("/a")!.ZswapBytes);
        Assert.True(machine.Counters.SwappedOut > 1_000);

        Assert.Equal(0, kernel.WriteAsOwner("/a", "memory.zswap.max", "0"));
        long stored = machine.Counters.ZswapOut;
        machine.Advance(2_000_000);
        machine.ReclaimFrom(machine.FindCgroup("/a")!, 1_000, null);
        Assert.Equal(stored, machine.Counters.ZswapOut);
    }

    [Fact]
    public void Without_writeback_nothing_of_a_cgroup_reaches_the_disk()
    {
        SimulatedKernel kernel = new(Machine(new ZswapOptions { MaxPoolPercent = 5 }));
        SimulatedMachine machine = kernel.Machine;
        machine.MakeCgroup("/a/b");
        machine.Start(new ProcessOptions { Cgroup = "/a/b", AnonBytes = 400 * MiB });
        Assert.Equal(0, kernel.WriteAsOwner("/a", "memory.zswap.writeback", "0"));
        machine.ReclaimFrom(machine.FindCgroup("/a/b")!, Pages.FromMiB(300), null);
        machine.Advance(5_000_000);
        Assert.InRange(machine.ZswapPages, machine.RamPages / 20, (machine.RamPages / 20) + 1);
        Assert.Equal((0, 0), (machine.Counters.SwappedOut, machine.Counters.WrittenKiB));

        // The ancestor's word counts; now all of it may go.
        Assert.Equal(0, kernel.WriteAsOwner("/a", "memory.zswap.writeback", "1"));
        machine.Advance(5_000_000);
        Assert.True(machine.Counters.ZswapWrittenBack > 0);
        Assert.InRange(machine.ZswapPages, 1, machine.RamPages / 20 * 9 / 10);
        MachineMemory.AssertBalanced(machine);
    }

    [Fact]
    public void A_machine_that_thrashes_with_zswap_stays_balanced_and_the_same()
    {
        Assert.Equal(Thrash(), Thrash());

        static (long, long, long, long, long) Thrash()
        {
            SimulatedMachine machine = Machine(new ZswapOptions { MaxPoolPercent = 10 });
            machine.MakeCgroup("/b");
            foreach (string cgroup in (string[])["/a", "/b"])
            {
                machine.Start(new ProcessOptions
                {
                    Cgroup = cgroup, Workload = new HotSetWorkload { SizeBytes = 650 * MiB },
                });
            }

            for (int second = 0; second < 40; second++)
            {
                machine.Advance(1_000_000);
                MachineMemory.AssertBalanced(machine);
            }

            VmCounters counters = machine.Counters;
            Assert.True(counters is { ZswapIn: > 0, ZswapWrittenBack: > 0, SwappedIn: > 0 });
            return (counters.ZswapIn, counters.ZswapOut, counters.ZswapWrittenBack, counters.SwappedIn,
                machine.FreePages);
        }
    }

    private static SimulatedMachine Machine(ZswapOptions zswap)
    {
        SimulatedMachine machine = new(new MachineOptions
        {
            Profile = KernelProfile.Debian13,
            Swap = [new SwapDeviceOptions { SizeBytes = 1024 * MiB }],
            Zswap = zswap,
        });
        machine.MakeCgroup("/a");
        return machine;
    }
}
