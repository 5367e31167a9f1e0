using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;
using static PressureD.Simulation.Tests.Workloads.Bench;

namespace PressureD.Simulation.Tests.Workloads;

/// <summary>Dirty pages: when they are written, whom they slow down, and that they cannot be dropped.</summary>
public sealed class WriterWorkloadTests
{
    /// <summary>Writes of others free nothing below a limit.</summary>
    [Fact]
    public void A_disk_that_others_keep_busy_does_not_put_off_the_killer_of_a_cgroup()
    {
        Bench bench = new(new MachineOptions(), new LeakWorkload { BytesPerSecond = 10 * MiB });
        bench.Cgroup.MaxPages = Pages.FromMiB(100);
        bench.Machine.MakeCgroup("/other");
        bench.Machine.Start(new ProcessOptions
        {
            Cgroup = "/other", Workload = new WriterWorkload { BytesPerSecond = 400 * MiB },
        });
        bench.Advance(12 * Second);
        Assert.Equal("/a", Assert.Single(bench.Machine.OomKills).LimitCgroup);
    }

    /// <summary>A disk of 2,000 operations with 32 pages each takes 250 MiB/s.</summary>
    [Fact]
    public void Who_writes_faster_than_the_disk_is_slowed_down_to_it_with_a_fifth_dirty()
    {
        WriterWorkload writer = new() { BytesPerSecond = 600 * MiB };
        Bench bench = new(new MachineOptions { RamBytes = 2048 * MiB }, writer);
        bench.Advance(10 * Second);
        long written = writer.WrittenBytes;
        bench.Advance(10 * Second);
        Assert.InRange((writer.WrittenBytes - written) / 10 / MiB, 235, 255);
        SimulatedMachine machine = bench.Machine;
        long dirty = machine.DirtyPages + machine.Root.WritebackPages;
        Assert.InRange(dirty * 1000 / (machine.FreePages + machine.FileLruPages), 180, 202);
        Assert.True(bench.Process.IoStallNsec > 5 * Second * 1000, $"{bench.Process.IoStallNsec}");
        Assert.Empty(machine.OomKills);
    }

    [Fact]
    public void Below_a_tenth_nothing_is_written_until_it_is_old_and_nothing_of_it_can_be_reclaimed()
    {
        Bench bench = new(new MachineOptions(), new WriterWorkload { BytesPerSecond = 20 * MiB });
        bench.Advance(4 * Second);
        long dirty = bench.MemInfo("Dirty");
        Assert.InRange(dirty, 78 * MiB, 80 * MiB);
        Assert.Equal(0, bench.MemInfo("Writeback"));
        Assert.Equal(dirty, bench.Stat("file_dirty"));
        Assert.Equal(dirty, bench.Stat("file"));
        Assert.Equal(-Errno.EAGAIN, bench.Kernel.WriteAsOwner("/a", "memory.reclaim", "70M"));
        Assert.Equal(dirty, bench.Stat("file"));

        // Within six seconds the flusher has come by; then all of it can be dropped.
        bench.Advance(2 * Second);
        Assert.True(bench.MemInfo("Dirty") < 25 * MiB, $"{bench.MemInfo("Dirty")}");
        Assert.Equal(0, bench.Kernel.WriteAsOwner("/a", "memory.reclaim", "70M"));
    }

    [Fact]
    public void What_the_disk_has_not_taken_yet_is_in_writeback()
    {
        Bench bench = new(
            new MachineOptions { Disk = new DiskOptions { OperationsPerSecond = 100 } },
            new WriterWorkload { BytesPerSecond = 40 * MiB });
        bench.Advance(8 * Second);
        Assert.InRange(bench.MemInfo("Writeback"), MiB, 8 * MiB);
        Assert.Equal(bench.MemInfo("Writeback"), bench.Stat("file_writeback"));
    }

    [Fact]
    public void Fsync_waits_for_the_disk_and_leaves_nothing_dirty()
    {
        WriterWorkload writer = new() { BytesPerSecond = 10 * MiB, SyncUsec = Second };
        Bench bench = new(new MachineOptions { Disk = new DiskOptions { OperationsPerSecond = 200 } }, writer);
        bench.Advance(20 * Second);
        Assert.InRange(writer.Syncs, 13, 15);
        Assert.True(bench.MemInfo("Dirty") <= 11 * MiB);

        // 10 MiB at 25 MiB/s: each wait is some 400 ms, all of it io, none of it memory.
        Assert.InRange(bench.Process.IoStallNsec / writer.Syncs / 1_000_000, 350, 430);
        Assert.Equal(0, bench.Process.MemoryStallNsec);
    }

    /// <summary>A cgroup with a limit has a tenth and a fifth of its own.</summary>
    [Fact]
    public void Under_memory_max_it_goes_on_at_the_pace_of_the_disk_and_is_not_killed()
    {
        WriterWorkload writer = new() { BytesPerSecond = 400 * MiB };
        Bench bench = new(new MachineOptions { RamBytes = 2048 * MiB }, writer);
        bench.Cgroup.MaxPages = Pages.FromMiB(50);
        bench.Advance(20 * Second);
        Assert.Empty(bench.Machine.OomKills);
        Assert.True(bench.Cgroup.DirtyPages + bench.Cgroup.WritebackPages < Pages.FromMiB(11));
        Assert.True(writer.WrittenBytes > 1000 * MiB, $"{writer.WrittenBytes}");
    }
}
