using System;
using System.Diagnostics;
using PressureD.Core.Kernel;

namespace PressureD.Benchmarks;

/// <summary>
/// The real kernel but for /proc/meminfo, which says what the benchmark wants it to, and with the time of two moments: when
/// that was read first, and when a signal was sent.
/// </summary>
internal sealed class ScriptedKernel(IKernel real) : IKernel
{
    private int _meminfo = -1;
    private byte[] _text = [];

    /// <summary>Stopwatch's time of the first reading of the text in force; 0 before it.</summary>
    public long ReadAt { get; private set; }

    /// <summary>Stopwatch's time when the first signal was about to be sent; 0 before it.</summary>
    public long SignalledAt { get; private set; }

    /// <summary>What /proc/meminfo says from now on.</summary>
    public void Show(byte[] meminfo)
    {
        _text = meminfo;
        ReadAt = SignalledAt = 0;
    }

    public long NowUsec => real.NowUsec;

    public KernelFeatures Features => real.Features;

    public int OpenFile(int directory, ReadOnlySpan<byte> path)
    {
        int file = real.OpenFile(directory, path);
        if (path.SequenceEqual("/proc/meminfo"u8))
            _meminfo = file;
        return file;
    }

    public int Read(int file, Span<byte> buffer)
    {
        // Read all the same: it is part of what a sample costs.
        int length = real.Read(file, buffer);
        if (file != _meminfo)
            return length;
        if (ReadAt == 0)
            ReadAt = Stopwatch.GetTimestamp();
        _text.CopyTo(buffer);
        return _text.Length;
    }

    public int ReadFree(out long memoryBytes, out long swapBytes)
    {
        memoryBytes = swapBytes = 0;
        return -Errno.ENOSYS;
    }

    public int Signal(int process, int signal)
    {
        if (signal != 0 && SignalledAt == 0)
            SignalledAt = Stopwatch.GetTimestamp();
        return real.Signal(process, signal);
    }

    public int OpenCgroupRoot() => real.OpenCgroupRoot();

    public int OpenDirectory(int directory, ReadOnlySpan<byte> name) => real.OpenDirectory(directory, name);

    public long Owner(int directory) => real.Owner(directory);

    public long Identity(int directory) => real.Identity(directory);

    public int ListDirectories(int directory, Span<byte> names, ref long position) =>
        real.ListDirectories(directory, names, ref position);

    public int WriteControl(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        real.WriteControl(directory, name, value);

    public int GetXattr(int directory, ReadOnlySpan<byte> name, Span<byte> value) =>
        real.GetXattr(directory, name, value);

    public int SetXattr(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        real.SetXattr(directory, name, value);

    public int ListProcesses(Span<int> pids) => real.ListProcesses(pids);

    public int ListThreads(int pid, Span<int> threads) => real.ListThreads(pid, threads);

    public int ReadProcess(int pid, ProcessFile file, Span<byte> buffer) => real.ReadProcess(pid, file, buffer);

    public int OpenProcess(int pid) => real.OpenProcess(pid);

    public int ArmTrigger(int directory, ReadOnlySpan<byte> path, StallKind kind, int stallUsec, int windowUsec) =>
        real.ArmTrigger(directory, path, kind, stallUsec, windowUsec);

    public int Watch(int descriptor) => real.Watch(descriptor);

    public int Begin(in BlockingOperation operation) => real.Begin(operation);

    public int Finish(int ticket, Span<byte> output) => real.Finish(ticket, output);

    public int Wait(long deadlineUsec, Span<WaitEvent> events) => real.Wait(deadlineUsec, events);

    public void Close(int descriptor) => real.Close(descriptor);
}
