using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Contract.Cases;

/// <summary>Held files: opening, reading again, short buffers, and files of removed cgroups.</summary>
internal static class FileCases
{
    public static IEnumerable<ContractCase> All { get; } =
    [
        new("opening an absent file answers ENOENT", CaseNeeds.None, AbsentFile),
        new("a held file is read anew each time", CaseNeeds.None, ReadAgain),
        new("free memory and swap are what meminfo says", CaseNeeds.None, FreeMemory),
        new("a full buffer is answered with its own length", CaseNeeds.None, ShortBuffer),
        new("a path too long answers ENAMETOOLONG", CaseNeeds.None, LongPath),
        new("reading a closed descriptor answers EBADF", CaseNeeds.None, ClosedFile),
        new("opening an absent control file answers ENOENT", CaseNeeds.Cgroups, AbsentControl),
        new("a held file of a removed cgroup answers ENODEV", CaseNeeds.Cgroups, RemovedCgroup),
        new("cgroup.procs lists the processes of the cgroup", CaseNeeds.Cgroups, Procs),
        new("memory files of a limitless cgroup say max", CaseNeeds.Cgroups | CaseNeeds.MemoryController, MemoryFiles),
        new("a cgroup has a pressure file with some and full", CaseNeeds.Cgroups | CaseNeeds.Triggers, PressureFile),
    ];

    private static void AbsentFile(IKernel kernel, IKernelStage stage)
    {
        var result = kernel.OpenFile(KernelDirectory.None, "/proc/there-is-no-such-file"u8);
        Check.Fails(Errno.ENOENT, result, "open an absent file");
    }

    private static void ReadAgain(IKernel kernel, IKernelStage stage)
    {
        var file = Check.Succeeds(kernel.OpenFile(KernelDirectory.None, "/proc/meminfo"u8), "open /proc/meminfo");
        for (var round = 0; round < 3; round++)
        {
            var content = kernel.ReadAll(file, "/proc/meminfo");
            Check.StartsWith("MemTotal:", content, "/proc/meminfo");
            Check.Contains("\nMemAvailable:", content, "/proc/meminfo");
            Check.True(content[^1] == (byte)'\n', "/proc/meminfo is read to its last line");
        }

        kernel.Close(file);
    }

    private static void FreeMemory(IKernel kernel, IKernelStage stage)
    {
        var file = Check.Succeeds(kernel.OpenFile(KernelDirectory.None, "/proc/meminfo"u8), "open /proc/meminfo");
        var keys = new KeyedReader(["MemTotal", "MemFree", "SwapFree"]);
        var before = new long[3];
        var after = new long[3];
        var near = false;

        // Others may take and give memory meanwhile; that they do so each time is no chance.
        for (var round = 0; round < 100 && !near; round++)
        {
            keys.Read(kernel.ReadAll(file, "/proc/meminfo"), before);
            Check.Succeeds(kernel.ReadFree(out var memoryBytes, out var swapBytes), "read what is free");
            keys.Read(kernel.ReadAll(file, "/proc/meminfo"), after);
            near = IsBetween(memoryBytes, before[1], after[1], before[0] / 256)
                && IsBetween(swapBytes, before[2], after[2], before[0] / 256);
        }

        Check.True(near, "what is free is what /proc/meminfo says");
        kernel.Close(file);
    }

    private static bool IsBetween(long value, long first, long second, long slack) =>
        value >= long.Min(first, second) - slack && value <= long.Max(first, second) + slack;

    private static void ShortBuffer(IKernel kernel, IKernelStage stage)
    {
        var file = Check.Succeeds(kernel.OpenFile(KernelDirectory.None, "/proc/meminfo"u8), "open /proc/meminfo");
        var buffer = new byte[9];
        Check.Equal(9, kernel.Read(file, buffer), "read into 9 bytes");
        Check.Equal("MemTotal:", buffer, "the first 9 bytes");
        Check.Equal(0, kernel.Read(file, []), "read into nothing");
        kernel.Close(file);
    }

    private static void LongPath(IKernel kernel, IKernelStage stage)
    {
        var path = Encoding.UTF8.GetBytes("/" + new string('a', 5000));
        Check.Fails(Errno.ENAMETOOLONG, kernel.OpenFile(KernelDirectory.None, path), "open a path of 5,001 bytes");
    }

    private static void ClosedFile(IKernel kernel, IKernelStage stage)
    {
        var file = Check.Succeeds(kernel.OpenFile(KernelDirectory.None, "/proc/meminfo"u8), "open /proc/meminfo");
        kernel.Close(file);
        Check.Fails(Errno.EBADF, kernel.Read(file, new byte[64]), "read after close");
    }

    private static void AbsentControl(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        Check.Fails(Errno.ENOENT, kernel.OpenFile(cgroup, "memory.no_such_file"u8), "open an absent control file");
        kernel.Close(cgroup);
    }

    private static void RemovedCgroup(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var file = kernel.OpenControl(cgroup, "cgroup.procs");
        var buffer = new byte[256];
        Check.Equal(0, kernel.Read(file, buffer), "cgroup.procs of an empty cgroup");
        stage.RemoveCgroup("a");
        Check.Fails(Errno.ENODEV, kernel.Read(file, buffer), "read a file of a removed cgroup");
        Check.Gone(kernel.OpenFile(cgroup, "cgroup.procs"u8), "open a file of a removed cgroup");
        stage.CreateCgroup("a");
        Check.Fails(Errno.ENODEV, kernel.Read(file, buffer), "read it after a cgroup of the same name was made");
        Check.Gone(kernel.OpenFile(cgroup, "cgroup.procs"u8), "open it after a cgroup of the same name was made");
        kernel.Close(file);
        kernel.Close(cgroup);
    }

    private static void Procs(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var pid = stage.StartProcess("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        Check.Equal($"{pid}\n", kernel.ReadControl(cgroup, "cgroup.procs"), "cgroup.procs");
        kernel.Close(cgroup);
    }

    private static void MemoryFiles(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        stage.StartProcess("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        Check.Equal("max\n", kernel.ReadControl(cgroup, "memory.max"), "memory.max");
        Check.Equal("max\n", kernel.ReadControl(cgroup, "memory.high"), "memory.high");
        Check.Equal("0\n", kernel.ReadControl(cgroup, "memory.min"), "memory.min");
        Check.Equal("0\n", kernel.ReadControl(cgroup, "memory.low"), "memory.low");
        Check.Contains("oom_kill 0\n", kernel.ReadControl(cgroup, "memory.events"), "memory.events");
        var stat = kernel.ReadControl(cgroup, "memory.stat");
        Check.StartsWith("anon ", stat, "memory.stat");
        Check.Contains("\nfile ", stat, "memory.stat");
        Check.Contains("\nworkingset_refault_anon ", stat, "memory.stat");
        var current = Encoding.UTF8.GetString(kernel.ReadControl(cgroup, "memory.current"));
        var isNumber = current.EndsWith('\n') && ulong.TryParse(current.AsSpan(0, current.Length - 1), out _);
        Check.True(isNumber, "memory.current is a number");
        kernel.Close(cgroup);
    }

    private static void PressureFile(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var content = kernel.ReadControl(cgroup, "memory.pressure");
        Check.StartsWith("some avg10=", content, "memory.pressure");
        Check.Contains("\nfull avg10=", content, "memory.pressure");
        Check.Contains(" total=", content, "memory.pressure");
        kernel.Close(cgroup);
    }
}
