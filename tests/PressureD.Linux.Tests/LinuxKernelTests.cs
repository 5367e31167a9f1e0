using System;
using System.IO;
using System.Text;
using System.Threading;
using PressureD.Contract.Linux;
using PressureD.Core.Kernel;

namespace PressureD.Linux.Tests;

public sealed class LinuxKernelTests
{
    [Fact]
    public void Closing_what_was_not_given_out_closes_nothing()
    {
        using var kernel = LinuxKernel.Open();
        for (var descriptor = -1; descriptor < 300; descriptor++) kernel.Close(descriptor);
        kernel.Close(int.MaxValue);
        Assert.True(kernel.ListProcesses(new int[16]) > 0);
    }

    [Fact]
    public void Descriptors_of_one_kind_are_not_taken_for_another()
    {
        using var kernel = LinuxKernel.Open();
        var file = kernel.OpenFile(KernelDirectory.None, "/proc/meminfo"u8);
        long position = 0;
        Assert.Equal(-Errno.EBADF, kernel.OpenFile(file, "meminfo"u8));
        Assert.Equal(-Errno.EBADF, kernel.Identity(file));
        Assert.Equal(-Errno.EBADF, kernel.ListDirectories(file, new byte[64], ref position));
        Assert.Equal(-Errno.EBADF, kernel.Signal(file, Signals.Probe));
        Assert.Equal(-Errno.EBADF, kernel.Begin(BlockingOperation.ReleaseMemory(file)));
        Assert.Equal(-Errno.EBADF, kernel.WriteControl(KernelDirectory.None, "cgroup.kill"u8, "1"u8));
        Assert.Equal(-Errno.EINVAL, kernel.OpenFile(KernelDirectory.None, "proc/meminfo"u8));
    }

    [Fact]
    public void Watching_a_file_that_cannot_be_waited_for_answers_EINVAL()
    {
        using var kernel = LinuxKernel.Open();
        var path = Path.GetTempFileName();
        var file = kernel.OpenFile(KernelDirectory.None, Encoding.UTF8.GetBytes(path));
        File.Delete(path);
        Assert.Equal(-Errno.EINVAL, kernel.Watch(file));
    }

    [Fact]
    public void Opening_a_FIFO_does_not_wait_for_the_other_end()
    {
        using var kernel = LinuxKernel.Open();
        var path = Path.Combine(Path.GetTempPath(), $"pressured-{Guid.NewGuid():N}");
        using (var made = System.Diagnostics.Process.Start("mkfifo", path)) made.WaitForExit();
        try
        {
            var file = kernel.OpenFile(KernelDirectory.None, Encoding.UTF8.GetBytes(path));
            Assert.True(file >= 0);
            Assert.True(kernel.Read(file, new byte[16]) < 0);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Watching_twice_is_watching()
    {
        using var kernel = LinuxKernel.Open();
        using var stage = new LinuxStage(kernel);
        var process = kernel.OpenProcess(stage.StartProcess(""));
        Assert.Equal(0, kernel.Watch(process));
        Assert.Equal(0, kernel.Watch(process));
    }

    [Fact]
    public void Another_thread_ends_a_wait_that_is_going_on()
    {
        using var kernel = LinuxKernel.Open();
        var deadlineUsec = kernel.NowUsec + 600_000_000;
        using var started = new ManualResetEventSlim();
        var waiting = new Thread(() =>
        {
            started.Set();
            _ = kernel.Wait(deadlineUsec, new WaitEvent[4]);
        });
        waiting.Start();
        started.Wait();
        kernel.Wake();
        waiting.Join();
        Assert.True(kernel.NowUsec < deadlineUsec);
    }

    [Fact]
    public void Disposing_closes_everything()
    {
        var before = CountDescriptors();
        for (var round = 0; round < 20; round++)
        {
            var kernel = LinuxKernel.Open();
            Assert.True(kernel.OpenFile(KernelDirectory.None, "/proc/meminfo"u8) >= 0);
            Assert.True(kernel.OpenProcess(Environment.ProcessId) >= 0);
            kernel.Dispose();
            kernel.Dispose();
        }

        // Other tests of this process open descriptors meanwhile; a leak would be 20 times what one kernel holds.
        Assert.InRange(CountDescriptors(), 0, before + 80);
    }

    private static int CountDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
