using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Simulation.Kernel;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>A simulated kernel that keeps what was done to it, and lets a test do something just before a call.</summary>
internal sealed class WatchedKernel(SimulatedKernel kernel) : IKernel
{
    private readonly Dictionary<int, int> _pids = [];
    private readonly Dictionary<int, string> _directories = [];
    private bool _isWoken;
    private int _meminfo = -1;

    /// <summary>How often the machine's memory was read.</summary>
    public int MeminfoReads { get; private set; }

    /// <summary>Signals that were sent, probes left out.</summary>
    public List<SentSignal> Signals { get; } = [];

    /// <summary>What workers were given to do.</summary>
    public List<BlockingOperation> Begun { get; } = [];

    /// <summary>Whose memory workers were to free, and when, on the machine's clock.</summary>
    public List<(int Pid, long Usec)> Released { get; } = [];

    /// <summary>When the processes were listed.</summary>
    public List<long> Listings { get; } = [];

    /// <summary>How long it takes to list them.</summary>
    public long ListingUsec { get; set; }

    /// <summary>Control files that were written: "path/name=value".</summary>
    public List<string> Writes { get; } = [];

    /// <summary>Attributes that were set.</summary>
    public List<string> Attributes { get; } = [];

    /// <summary>Called before a process handle is opened.</summary>
    public Action<int>? BeforeOpenProcess { get; set; }

    /// <summary>Called before a file of a process is read.</summary>
    public Action<int, ProcessFile>? BeforeReadProcess { get; set; }

    /// <summary>Called before a signal that is not a probe is sent.</summary>
    public Action<int, int>? BeforeSignal { get; set; }

    /// <summary>Called before a control file of a cgroup is opened.</summary>
    public Action<string, string>? BeforeOpenFile { get; set; }

    /// <summary>What asking for the root of the cgroups answers; 0: it is opened.</summary>
    public int RootErrno { get; set; }

    /// <summary>What asking which cgroup it is answers; 0: its inode.</summary>
    public int IdentityErrno { get; set; }

    /// <summary>Every other wait ends at once, as if another thread had asked for a step.</summary>
    public bool IsWokenEarly { get; set; }

    public long NowUsec => kernel.NowUsec;

    public KernelFeatures Features => kernel.Features;

    public int OpenFile(int directory, ReadOnlySpan<byte> path)
    {
        if (BeforeOpenFile is { } act && _directories.TryGetValue(directory, out string? name))
            act(name, Encoding.UTF8.GetString(path));
        int file = kernel.OpenFile(directory, path);
        if (path.SequenceEqual("/proc/meminfo"u8))
            _meminfo = file;
        return file;
    }

    public int Read(int file, Span<byte> buffer)
    {
        if (file == _meminfo)
            MeminfoReads++;
        return kernel.Read(file, buffer);
    }

    public int ReadFree(out long memoryBytes, out long swapBytes) => kernel.ReadFree(out memoryBytes, out swapBytes);

    public int OpenCgroupRoot()
    {
        if (RootErrno != 0)
            return -RootErrno;
        int directory = kernel.OpenCgroupRoot();
        _directories[directory] = "";
        return directory;
    }

    public int OpenDirectory(int directory, ReadOnlySpan<byte> name)
    {
        int opened = kernel.OpenDirectory(directory, name);
        if (opened >= 0)
            _directories[opened] = $"{_directories[directory]}/{Encoding.UTF8.GetString(name)}";
        return opened;
    }

    public long Owner(int directory) => kernel.Owner(directory);

    public long Identity(int directory) => IdentityErrno != 0 ? -IdentityErrno : kernel.Identity(directory);

    public int ListDirectories(int directory, Span<byte> names, ref long position) =>
        kernel.ListDirectories(directory, names, ref position);

    public int WriteControl(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int result = kernel.WriteControl(directory, name, value);
        if (result >= 0)
            Writes.Add($"{_directories[directory]}/{Encoding.UTF8.GetString(name)}={Encoding.UTF8.GetString(value)}");
        return result;
    }

    public int GetXattr(int directory, ReadOnlySpan<byte> name, Span<byte> value) =>
        kernel.GetXattr(directory, name, value);

    public int SetXattr(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Attributes.Add($"{_directories[directory]}:{Encoding.UTF8.GetString(name)}={Encoding.UTF8.GetString(value)}");
        return kernel.SetXattr(directory, name, value);
    }

    public int ListProcesses(Span<int> pids)
    {
        Listings.Add(kernel.NowUsec);
        long untilUsec = kernel.NowUsec + ListingUsec;
        while (kernel.NowUsec < untilUsec)
            kernel.Wait(untilUsec, new WaitEvent[1]);
        return kernel.ListProcesses(pids);
    }

    public int ListThreads(int pid, Span<int> threads) => kernel.ListThreads(pid, threads);

    public int ReadProcess(int pid, ProcessFile file, Span<byte> buffer)
    {
        BeforeReadProcess?.Invoke(pid, file);
        return kernel.ReadProcess(pid, file, buffer);
    }

    public int OpenProcess(int pid)
    {
        BeforeOpenProcess?.Invoke(pid);
        int handle = kernel.OpenProcess(pid);
        if (handle >= 0)
            _pids[handle] = pid;
        return handle;
    }

    public int Signal(int process, int signal)
    {
        int pid = _pids[process];
        if (signal != Core.Kernel.Signals.Probe)
            BeforeSignal?.Invoke(pid, signal);
        int result = kernel.Signal(process, signal);
        if (signal != Core.Kernel.Signals.Probe && result >= 0)
            Signals.Add(new SentSignal(kernel.Machine.ElapsedUsec, pid, signal));
        return result;
    }

    public int ArmTrigger(int directory, ReadOnlySpan<byte> path, StallKind kind, int stallUsec, int windowUsec) =>
        kernel.ArmTrigger(directory, path, kind, stallUsec, windowUsec);

    public int Watch(int descriptor) => kernel.Watch(descriptor);

    public int Begin(in BlockingOperation operation)
    {
        int ticket = kernel.Begin(operation);
        if (ticket >= 0)
            Begun.Add(operation);
        if (ticket >= 0 && operation.Kind == BlockingKind.ReleaseMemory)
            Released.Add((_pids[operation.Target], kernel.Machine.ElapsedUsec));
        return ticket;
    }

    public int Finish(int ticket, Span<byte> output) => kernel.Finish(ticket, output);

    public int Wait(long deadlineUsec, Span<WaitEvent> events)
    {
        _isWoken = IsWokenEarly && !_isWoken;
        return _isWoken ? 0 : kernel.Wait(deadlineUsec, events);
    }

    public void Close(int descriptor) => kernel.Close(descriptor);
}
