using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using PressureD.Core.Kernel;

namespace PressureD.Linux.Tests;

public sealed class ProcessMemoryTests
{
    [Fact]
    public void Locking_says_what_it_did()
    {
        var result = ProcessMemory.LockAll();
        try
        {
            Assert.True(result is 0 or -Errno.EPERM or -Errno.ENOMEM);
            if (result == 0) Assert.True(LockedKilobytes() > 0);
        }
        finally
        {
            Assert.Equal(0, munlockall());
        }

        Assert.Equal(0, LockedKilobytes());
    }

    [Fact]
    public void What_only_files_hold_is_let_go_and_comes_back_with_use()
    {
        var released = ProcessMemory.ReleaseUnchangedFilePages();
        if (released == -Errno.EINVAL) return;
        Assert.True(released > 1024 * 1024, $"{released} bytes");

        // Code that was mapped before still runs, and what was relocated or written is as it was.
        Assert.Contains("PressureD", Path.GetFileName(typeof(ProcessMemory).Assembly.Location));
        Assert.True(ProcessMemory.ReleaseUnchangedFilePages() > 0);
    }

    [Fact]
    public void The_oom_score_adjustment_is_set()
    {
        const string Path = "/proc/self/oom_score_adj";
        var before = File.ReadAllText(Path);
        try
        {
            File.WriteAllText(Path, "0");
            Assert.Equal(-Errno.EINVAL, ProcessMemory.SetOomScoreAdj(1001));
            Assert.Equal(0, ProcessMemory.SetOomScoreAdj(7));
            Assert.Equal("7\n", File.ReadAllText(Path));

            // Whoever has set it knows better.
            Assert.Equal(0, ProcessMemory.SetOomScoreAdj(9));
            Assert.Equal("7\n", File.ReadAllText(Path));
        }
        finally
        {
            File.WriteAllText(Path, before);
        }
    }

    [Fact]
    public void The_limit_of_open_files_is_never_lowered()
    {
        var before = ProcessMemory.RaiseOpenFiles(1);
        Assert.True(before > 0);
        Assert.True(ProcessMemory.RaiseOpenFiles(before) >= before);
        Assert.True(ProcessMemory.RaiseOpenFiles(before + 1) >= before);
    }

    [DllImport("libc")]
    private static extern int munlockall();

    private static long LockedKilobytes()
    {
        var line = File.ReadLines("/proc/self/status")
            .Single(each => each.StartsWith("VmLck:", StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]);
    }
}
