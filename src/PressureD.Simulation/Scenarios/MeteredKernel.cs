using System;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Scenarios;

/// <summary>A simulated kernel whose own allocations do not count as the daemon's.</summary>
internal sealed class MeteredKernel(IKernel inner, AllocationMeter meter) : IKernel
{
    /// <inheritdoc/>
    public long NowUsec => inner.NowUsec;

    /// <inheritdoc/>
    public KernelFeatures Features => inner.Features;

    /// <inheritdoc/>
    public int OpenFile(int directory, ReadOnlySpan<byte> path)
    {
        var left = AllocationMeter.Leave();
        var result = inner.OpenFile(directory, path);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int Read(int file, Span<byte> buffer)
    {
        var left = AllocationMeter.Leave();
        var result = inner.Read(file, buffer);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int ReadFree(out long memoryBytes, out long swapBytes)
    {
        var left = AllocationMeter.Leave();
        var result = inner.ReadFree(out memoryBytes, out swapBytes);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int OpenCgroupRoot()
    {
        var left = AllocationMeter.Leave();
        var result = inner.OpenCgroupRoot();
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int OpenDirectory(int directory, ReadOnlySpan<byte> name)
    {
        var left = AllocationMeter.Leave();
        var result = inner.OpenDirectory(directory, name);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public long Identity(int directory)
    {
        var left = AllocationMeter.Leave();
        var result = inner.Identity(directory);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public long Owner(int directory)
    {
        var left = AllocationMeter.Leave();
        var result = inner.Owner(directory);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int ListDirectories(int directory, Span<byte> names, ref long position)
    {
        var left = AllocationMeter.Leave();
        var result = inner.ListDirectories(directory, names, ref position);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int WriteControl(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var left = AllocationMeter.Leave();
        var result = inner.WriteControl(directory, name, value);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int GetXattr(int directory, ReadOnlySpan<byte> name, Span<byte> value)
    {
        var left = AllocationMeter.Leave();
        var result = inner.GetXattr(directory, name, value);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int SetXattr(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var left = AllocationMeter.Leave();
        var result = inner.SetXattr(directory, name, value);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int ListProcesses(Span<int> pids)
    {
        var left = AllocationMeter.Leave();
        var result = inner.ListProcesses(pids);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int ListThreads(int pid, Span<int> threads)
    {
        var left = AllocationMeter.Leave();
        var result = inner.ListThreads(pid, threads);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int ReadProcess(int pid, ProcessFile file, Span<byte> buffer)
    {
        var left = AllocationMeter.Leave();
        var result = inner.ReadProcess(pid, file, buffer);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int OpenProcess(int pid)
    {
        var left = AllocationMeter.Leave();
        var result = inner.OpenProcess(pid);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int Signal(int process, int signal)
    {
        var left = AllocationMeter.Leave();
        var result = inner.Signal(process, signal);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int ArmTrigger(int directory, ReadOnlySpan<byte> path, StallKind kind, int stallUsec, int windowUsec)
    {
        var left = AllocationMeter.Leave();
        var result = inner.ArmTrigger(directory, path, kind, stallUsec, windowUsec);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int Watch(int descriptor)
    {
        var left = AllocationMeter.Leave();
        var result = inner.Watch(descriptor);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int Begin(in BlockingOperation operation)
    {
        var left = AllocationMeter.Leave();
        var result = inner.Begin(operation);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int Finish(int ticket, Span<byte> output)
    {
        var left = AllocationMeter.Leave();
        var result = inner.Finish(ticket, output);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public int Wait(long deadlineUsec, Span<WaitEvent> events)
    {
        var left = AllocationMeter.Leave();
        var result = inner.Wait(deadlineUsec, events);
        meter.Return(left);
        return result;
    }

    /// <inheritdoc/>
    public void Close(int descriptor)
    {
        var left = AllocationMeter.Leave();
        inner.Close(descriptor);
        meter.Return(left);
    }
}
