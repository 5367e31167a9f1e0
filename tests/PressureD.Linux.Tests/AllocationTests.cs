using System;
using PressureD.Contract.Linux;
using PressureD.Core.Kernel;

namespace PressureD.Linux.Tests;

/// <summary>No method of the port allocates once it has run.</summary>
[Collection(nameof(MeasuredCollection))]
public sealed class AllocationTests : IDisposable
{
    private const int Rounds = 200;

    private readonly LinuxKernel _kernel = LinuxKernel.Open();
    private readonly LinuxStage _stage;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly int[] _pids = new int[65536];
    private readonly WaitEvent[] _events = new WaitEvent[16];
    private readonly int _pid;

    public AllocationTests()
    {
        _stage = new LinuxStage(_kernel);
        _pid = _stage.StartProcess("");
    }

    public void Dispose()
    {
        _stage.Dispose();
        _kernel.Dispose();
    }

    [Fact]
    public void Files_are_read_without_allocating()
    {
        var file = _kernel.OpenFile(KernelDirectory.None, "/proc/meminfo"u8);
        Expect(() => _kernel.Read(file, _buffer));
        Expect(() => _kernel.OpenFile(KernelDirectory.None, "/proc/there-is-no-such-file"u8));
        Expect(() => _kernel.Close(_kernel.OpenFile(KernelDirectory.None, "/proc/vmstat"u8)));
        Expect(() => _ = _kernel.NowUsec);
    }

    [Fact]
    public void Cgroups_are_read_without_allocating()
    {
        if (_stage.CgroupsUnusable is not null) return;
        _stage.CreateCgroup("a");
        var root = _kernel.OpenCgroupRoot();
        var top = _kernel.OpenDirectory(root, System.Text.Encoding.UTF8.GetBytes(_stage.Top));
        var cgroup = _kernel.OpenDirectory(top, "a"u8);
        var file = _kernel.OpenFile(cgroup, "cgroup.procs"u8);
        Expect(() => _kernel.Close(_kernel.OpenCgroupRoot()));
        Expect(() => _kernel.Close(_kernel.OpenDirectory(top, "a"u8)));
        Expect(() => _kernel.Identity(cgroup));
        Expect(() =>
        {
            long position = 0;
            while (_kernel.ListDirectories(top, _buffer, ref position) > 0) continue;
        });
        Expect(() => _kernel.WriteControl(cgroup, "cgroup.freeze"u8, "0"u8));
        Expect(() => _kernel.SetXattr(cgroup, "user.pressured_test"u8, "1"u8));
        Expect(() => _kernel.GetXattr(cgroup, "user.pressured_test"u8, _buffer));
        Expect(() => _kernel.GetXattr(cgroup, "user.pressured_absent"u8, _buffer));
        _stage.RemoveCgroup("a");
        Assert.Equal(-Errno.ENODEV, _kernel.Read(file, _buffer));
        Expect(() => _kernel.Read(file, _buffer));
    }

    [Fact]
    public void Processes_are_read_and_signalled_without_allocating()
    {
        var process = _kernel.OpenProcess(_pid);
        Expect(() => _kernel.ListProcesses(_pids));
        foreach (var file in Enum.GetValues<ProcessFile>()) Expect(() => _kernel.ReadProcess(_pid, file, _buffer));
        Expect(() => _kernel.ReadProcess(int.MaxValue, ProcessFile.Stat, _buffer));
        Expect(() => _kernel.Signal(process, Signals.Probe));
        Expect(() =>
        {
            var other = _kernel.OpenProcess(_pid);
            _ = _kernel.Watch(other);
            _kernel.Close(other);
        });
    }

    [Fact]
    public void Waiting_and_operations_do_not_allocate()
    {
        var process = _kernel.OpenProcess(_pid);
        Expect(() => _kernel.Wait(0, _events));
        Expect(() =>
        {
            _kernel.Wake();
            _ = _kernel.Wait(_kernel.NowUsec + 1_000_000, _events);
        });
        Expect(() => Finish(_kernel.Begin(BlockingOperation.ReadProcess(_pid, ProcessFile.Cmdline))));
        Expect(() => Finish(_kernel.Begin(BlockingOperation.ReadProcess(_pid, ProcessFile.Exe))));
        Expect(() => Finish(_kernel.Begin(BlockingOperation.ReleaseMemory(process))));
        // Closing a trigger waits for the kernel's readers, some 20 ms: fewer rounds of it.
        Expect(() => _kernel.Close(_kernel.ArmTrigger(
            KernelDirectory.None, "/proc/pressure/memory"u8, StallKind.Full, 1_800_000, 2_000_000)), 20);
    }

    private void Finish(int ticket)
    {
        while (_kernel.Finish(ticket, _buffer) == -Errno.EAGAIN)
            _ = _kernel.Wait(_kernel.NowUsec + 1_000_000, _events);
    }

    private static void Expect(Action action, int rounds = Rounds)
    {
        for (var round = 0; round < rounds; round++) action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < rounds; round++) action();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
