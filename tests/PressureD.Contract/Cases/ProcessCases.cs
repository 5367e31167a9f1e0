using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Contract.Cases;

/// <summary>Processes: listing, /proc files, handles, signals and exits.</summary>
internal static class ProcessCases
{
    public static IEnumerable<ContractCase> All { get; } =
    [
        new("processes are listed", CaseNeeds.None, Listing),
        new("a full process list is answered with the buffer's length", CaseNeeds.None, ListingTooSmall),
        new("the threads of a process are listed, and have files like it", CaseNeeds.None, Threads),
        new("the files of a process name it", CaseNeeds.None, Files),
        new("/proc/PID/cgroup names the cgroup of a process", CaseNeeds.Cgroups, CgroupOfProcess),
        new("files that can block are refused on the loop", CaseNeeds.None, BlockingFiles),
        new("the files of a reaped process are gone", CaseNeeds.None, FilesGone),
        new("a handle of an unknown pid answers ESRCH", CaseNeeds.ProcessHandles, UnknownPid),
        new("the exit of a watched process is reported once", CaseNeeds.ProcessHandles, Exit),
        new("a signal ends a process", CaseNeeds.ProcessHandles, Signal),
        new("a signal to a zombie succeeds, to a reaped process answers ESRCH", CaseNeeds.ProcessHandles, SignalReaped),
        new("a process that is not watched is not reported", CaseNeeds.ProcessHandles, NotWatched),
        new("closing stops watching", CaseNeeds.ProcessHandles, CloseStopsWatching),
    ];

    private static void Listing(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        var pids = new int[65536];
        var found = pids.AsSpan(0, Check.Succeeds(kernel.ListProcesses(pids), "list processes"));
        Check.True(found.Contains(pid), "a started process is listed");
        Check.True(found.Contains(kernel.Features.OwnPid), "the own process is listed");
        found.Sort();
        for (var index = 1; index < found.Length; index++)
            Check.True(found[index] != found[index - 1], "each process is listed once");
    }

    private static void ListingTooSmall(IKernel kernel, IKernelStage stage)
    {
        stage.StartProcess("");
        Check.Equal(1, kernel.ListProcesses(new int[1]), "list processes into one place");
    }

    private static void Threads(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        var threads = new int[8];
        Check.Equal(1, kernel.ListThreads(pid, threads), "list the threads of a process with one");
        Check.Equal(pid, threads[0], "its only thread");
        Check.StartsWith($"{pid} (cat) ", Read(kernel, threads[0], ProcessFile.Stat), "its stat");
        Check.Equal(0, kernel.ListThreads(pid, default), "list threads into no place");
        stage.EndProcess(pid);
        stage.Reap(pid);
        Check.Gone(kernel.ListThreads(pid, threads), "list the threads of a reaped process");
    }

    private static void Files(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        Check.StartsWith($"{pid} (cat) ", Read(kernel, pid, ProcessFile.Stat), "stat");
        Check.Equal("cat\n", Read(kernel, pid, ProcessFile.Comm), "comm");
        Check.StartsWith("Name:\tcat\n", Read(kernel, pid, ProcessFile.Status), "status");
        Check.Contains("\nVmRSS:\t", Read(kernel, pid, ProcessFile.Status), "status");
        Check.True(Read(kernel, pid, ProcessFile.Statm).AsSpan().Count((byte)' ') == 6, "statm has seven fields");
        Number(Read(kernel, pid, ProcessFile.OomScore), "oom_score");
        Number(Read(kernel, pid, ProcessFile.OomScoreAdj), "oom_score_adj");
        Check.Equal(4, kernel.ReadProcess(pid, ProcessFile.Comm, new byte[4]), "comm into 4 bytes");
        Check.Equal(2, kernel.ReadProcess(pid, ProcessFile.Comm, new byte[2]), "comm into 2 bytes");
    }

    private static void Number(ReadOnlySpan<byte> content, string what)
    {
        var isNumber = content.Length > 1 && content[^1] == '\n' && int.TryParse(content[..^1], out _);
        Check.True(isNumber, what + " is a number");
    }

    private static void CgroupOfProcess(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        stage.CreateCgroup("a/b");
        var pid = stage.StartProcess("a/b");
        Check.Contains($"0::/{stage.Top}/a/b\n", Read(kernel, pid, ProcessFile.Cgroup), "cgroup");
    }

    private static void BlockingFiles(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        var buffer = new byte[64];
        Check.Fails(Errno.EINVAL, kernel.ReadProcess(pid, ProcessFile.Cmdline, buffer), "read cmdline on the loop");
        Check.Fails(Errno.EINVAL, kernel.ReadProcess(pid, ProcessFile.Exe, buffer), "read exe on the loop");
    }

    private static void FilesGone(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        stage.EndProcess(pid);
        stage.Reap(pid);
        ProcessFile[] files = [ProcessFile.Stat, ProcessFile.Statm, ProcessFile.Cgroup, ProcessFile.OomScore];
        foreach (var file in files)
            Check.Gone(kernel.ReadProcess(pid, file, new byte[1024]), $"read {file} of a reaped process");
    }

    private static void UnknownPid(IKernel kernel, IKernelStage stage)
    {
        Check.Fails(Errno.ESRCH, kernel.OpenProcess(int.MaxValue), "open a pid that cannot exist");
        var pid = stage.StartProcess("");
        stage.EndProcess(pid);
        stage.Reap(pid);
        Check.Fails(Errno.ESRCH, kernel.OpenProcess(pid), "open a reaped process");
        Check.Fails(Errno.EINVAL, kernel.OpenProcess(0), "open pid 0");
    }

    private static void Exit(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        var process = Check.Succeeds(kernel.OpenProcess(pid), "open a process");
        Check.Equal(0, kernel.Watch(process), "watch a process");
        kernel.ExpectNothing(process, "it still runs");
        stage.EndProcess(pid);
        kernel.Await(WaitKind.Exit, process, "the exit of a process");
        kernel.ExpectNothing(process, "an exit is reported once");
        kernel.Close(process);
    }

    private static void Signal(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        var process = Check.Succeeds(kernel.OpenProcess(pid), "open a process");
        Check.Equal(0, kernel.Signal(process, Signals.Probe), "probe");
        Check.Equal(0, kernel.Watch(process), "watch a process");
        Check.Equal(0, kernel.Signal(process, Signals.Kill), "kill");
        kernel.Await(WaitKind.Exit, process, "the death of a process");
        stage.Reap(pid);
        kernel.Close(process);
    }

    private static void SignalReaped(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        var process = Check.Succeeds(kernel.OpenProcess(pid), "open a process");
        Check.Equal(0, kernel.Watch(process), "watch a process");
        stage.EndProcess(pid);
        kernel.Await(WaitKind.Exit, process, "the exit of a process");
        Check.Equal(0, kernel.Signal(process, Signals.Term), "signal a zombie");
        stage.Reap(pid);
        Check.Fails(Errno.ESRCH, kernel.Signal(process, Signals.Probe), "probe a reaped process");
        Check.Fails(Errno.ESRCH, kernel.Signal(process, Signals.Kill), "kill a reaped process");
        kernel.Close(process);
    }

    private static void NotWatched(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        var process = Check.Succeeds(kernel.OpenProcess(pid), "open a process");
        stage.EndProcess(pid);
        stage.Reap(pid);
        kernel.ExpectNothing(process, "nobody watches it");
        kernel.Close(process);
    }

    private static void CloseStopsWatching(IKernel kernel, IKernelStage stage)
    {
        var pid = stage.StartProcess("");
        var process = Check.Succeeds(kernel.OpenProcess(pid), "open a process");
        Check.Equal(0, kernel.Watch(process), "watch a process");
        kernel.Close(process);
        stage.EndProcess(pid);
        stage.Reap(pid);
        kernel.ExpectNothing(process, "it was closed");
    }

    private static byte[] Read(IKernel kernel, int pid, ProcessFile file)
    {
        var buffer = new byte[16 * 1024];
        return buffer[..Check.Succeeds(kernel.ReadProcess(pid, file, buffer), $"read {file}")];
    }
}
