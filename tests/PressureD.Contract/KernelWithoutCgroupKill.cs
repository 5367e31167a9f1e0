using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Contract;

/// <summary>
/// A kernel that answers for cgroup.kill as those before 5.14 do, and writes down what else is written and signalled.
/// </summary>
internal sealed class KernelWithoutCgroupKill(IKernel kernel) : IKernel
{
    /// <summary>What was done, in order: <c>NAME=VALUE</c> for a control file, <c>signal N</c>.</summary>
    public List<string> Acts { get; } = [];

    public long NowUsec => kernel.NowUsec;

    public KernelFeatures Features => kernel.Features;

    public int OpenFile(int directory, ReadOnlySpan<byte> path) => kernel.OpenFile(directory, path);

    public int Read(int file, Span<byte> buffer) => kernel.Read(file, buffer);

    public int ReadFree(out long memoryBytes, out long swapBytes) => kernel.ReadFree(out memoryBytes, out swapBytes);

    public int OpenCgroupRoot() => kernel.OpenCgroupRoot();

    public int OpenDirectory(int directory, ReadOnlySpan<byte> name) => kernel.OpenDirectory(directory, name);

    public long Identity(int directory) => kernel.Identity(directory);

    public long Owner(int directory) => kernel.Owner(directory);

    public int ListDirectories(int directory, Span<byte> names, ref long position) =>
        kernel.ListDirectories(directory, names, ref position);

    public int WriteControl(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("cgroup.kill"u8)) return -Errno.ENOENT;
        Acts.Add($"{Encoding.UTF8.GetString(name)}={Encoding.UTF8.GetString(value)}");
        return kernel.WriteControl(directory, name, value);
    }

    public int GetXattr(int directory, ReadOnlySpan<byte> name, Span<byte> value) =>
        kernel.GetXattr(directory, name, value);

    public int SetXattr(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        kernel.SetXattr(directory, name, value);

    public int ListProcesses(Span<int> pids) => kernel.ListProcesses(pids);

    public int ListThreads(int pid, Span<int> threads) => kernel.ListThreads(pid, threads);

    public int ReadProcess(int pid, ProcessFile file, Span<byte> buffer) => kernel.ReadProcess(pid, file, buffer);

    public int OpenProcess(int pid) => kernel.OpenProcess(pid);

    public int Signal(int process, int signal)
    {
        Acts.Add($"signal {signal}");
        return kernel.Signal(process, signal);
    }

    public int ArmTrigger(int directory, ReadOnlySpan<byte> path, StallKind kind, int stallUsec, int windowUsec) =>
        kernel.ArmTrigger(directory, path, kind, stallUsec, windowUsec);

    public int Watch(int descriptor) => kernel.Watch(descriptor);

    public int Begin(in BlockingOperation operation) => kernel.Begin(operation);

    public int Finish(int ticket, Span<byte> output) => kernel.Finish(ticket, output);

    public int Wait(long deadlineUsec, Span<WaitEvent> events) => kernel.Wait(deadlineUsec, events);

    public void Close(int descriptor) => kernel.Close(descriptor);
}
