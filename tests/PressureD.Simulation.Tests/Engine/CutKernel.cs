using System;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Ends the daemon just before its n-th call to the kernel, as SIGKILL would.</summary>
internal sealed class CutKernel(IKernel kernel, int cutAt) : IKernel
{
    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    public long NowUsec => kernel.NowUsec;

    public KernelFeatures Features => kernel.Features;

    public int OpenFile(int directory, ReadOnlySpan<byte> path) => Next().OpenFile(directory, path);

    public int Read(int file, Span<byte> buffer) => Next().Read(file, buffer);

    public int ReadFree(out long memoryBytes, out long swapBytes) => Next().ReadFree(out memoryBytes, out swapBytes);

    public int OpenCgroupRoot() => Next().OpenCgroupRoot();

    public int OpenDirectory(int directory, ReadOnlySpan<byte> name) => Next().OpenDirectory(directory, name);

    public long Owner(int directory) => Next().Owner(directory);

    public long Identity(int directory) => Next().Identity(directory);

    public int ListDirectories(int directory, Span<byte> names, ref long position) =>
        Next().ListDirectories(directory, names, ref position);

    public int WriteControl(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Next().WriteControl(directory, name, value);

    public int GetXattr(int directory, ReadOnlySpan<byte> name, Span<byte> value) =>
        Next().GetXattr(directory, name, value);

    public int SetXattr(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Next().SetXattr(directory, name, value);

    public int ListProcesses(Span<int> pids) => Next().ListProcesses(pids);

    public int ListThreads(int pid, Span<int> threads) => Next().ListThreads(pid, threads);

    public int ReadProcess(int pid, ProcessFile file, Span<byte> buffer) => Next().ReadProcess(pid, file, buffer);

    public int OpenProcess(int pid) => Next().OpenProcess(pid);

    public int Signal(int process, int signal) => Next().Signal(process, signal);

    public int ArmTrigger(int directory, ReadOnlySpan<byte> path, StallKind kind, int stallUsec, int windowUsec) =>
        Next().ArmTrigger(directory, path, kind, stallUsec, windowUsec);

    public int Watch(int descriptor) => Next().Watch(descriptor);

    public int Begin(in BlockingOperation operation) => Next().Begin(operation);

    public int Finish(int ticket, Span<byte> output) => Next().Finish(ticket, output);

    public int Wait(long deadlineUsec, Span<WaitEvent> events) => Next().Wait(deadlineUsec, events);

    public void Close(int descriptor) => Next().Close(descriptor);

    private IKernel Next() => ++Calls == cutAt ? throw new CutException() : kernel;
}
