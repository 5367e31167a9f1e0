using System;
using PressureD.Core.Readers;
using PressureD.Simulation.Kernel;

namespace PressureD.Simulation.Scenarios;

/// <summary>
/// Lays what a script says over the machine's own figures, so that a timeline shows what the daemon reads. Where a file
/// is not scripted, or cannot be read, the machine's own stand.
/// </summary>
internal sealed class ScriptedFigures(SimulatedKernel kernel)
{
    private const string MemInfoPath = "/proc/meminfo";

    private static readonly KeyedReader MemInfo = new(
    [
        "MemTotal", "MemAvailable", "MemFree", "AnonPages", "Cached", "Shmem", "SwapTotal", "SwapFree", "Dirty",
        "Writeback", "Mlocked",
    ]);

    private static readonly KeyedReader Available = new(["MemAvailable"]);

    private readonly long[] _memory = new long[MemInfo.Count];
    private readonly string _mount = kernel.Machine.Options.Profile.CgroupMount;
    private long _version;
    private long _availableBytes = Quantity.Unknown;

    /// <summary>Whether nothing is scripted, so that there is nothing to look for.</summary>
    public bool IsEmpty => kernel.Files.IsEmpty;

    /// <summary>MemAvailable. What is written down stays until the script goes on, so every tick may ask.</summary>
    /// <param name="own">The machine's.</param>
    public long AvailableBytes(long own)
    {
        var files = kernel.Files;
        if (files.Version != _version)
        {
            _version = files.Version;
            Span<long> read = stackalloc long[1];
            Available.Read(files.LiteralOf(MemInfoPath), read);
            _availableBytes = read[0];
        }

        return Known(_availableBytes, own);
    }

    /// <summary>The machine's figures, without those of its cgroups.</summary>
    /// <param name="own">The machine's own.</param>
    public ScenarioRow Over(ScenarioRow own)
    {
        if (IsEmpty) return own;
        var row = kernel.TryReadScripted(MemInfoPath, out var text) ? OverMemory(own, text) : own;
        var memory = Pressure("/proc/pressure/memory");
        var io = Pressure("/proc/pressure/io");
        return row with
        {
            MemorySome10 = Hundredths(memory.Some, row.MemorySome10),
            MemoryFull10 = Hundredths(memory.Full, row.MemoryFull10),
            IoSome10 = Hundredths(io.Some, row.IoSome10),
            IoFull10 = Hundredths(io.Full, row.IoFull10),
        };
    }

    /// <summary>The figures of a cgroup.</summary>
    /// <param name="own">The machine's own.</param>
    public ScenarioCgroupRow Over(ScenarioCgroupRow own)
    {
        var directory = _mount + own.Path + "/";
        var pressure = Pressure(directory + "memory.pressure");
        return own with
        {
            CurrentBytes = Value(directory + "memory.current", own.CurrentBytes),
            SwapBytes = Value(directory + "memory.swap.current", own.SwapBytes),
            MemorySome10 = Hundredths(pressure.Some, own.MemorySome10),
            MemoryFull10 = Hundredths(pressure.Full, own.MemoryFull10),
        };
    }

    private ScenarioRow OverMemory(ScenarioRow own, ReadOnlySpan<byte> text)
    {
        MemInfo.Read(text, _memory);
        var shmem = Known(_memory[5], own.ShmemBytes);
        var swapTotal = Known(_memory[6], own.SwapTotalBytes);
        var swapFree = Known(_memory[7], own.SwapTotalBytes - own.SwapUsedBytes);
        return own with
        {
            TotalBytes = Known(_memory[0], own.TotalBytes),
            AvailableBytes = Known(_memory[1], own.AvailableBytes),
            FreeBytes = Known(_memory[2], own.FreeBytes),
            AnonBytes = Known(_memory[3], own.AnonBytes),
            CacheBytes = _memory[4] < 0 ? own.CacheBytes : long.Max(0, _memory[4] - shmem),
            ShmemBytes = shmem,
            SwapUsedBytes = long.Max(0, swapTotal - swapFree),
            SwapTotalBytes = swapTotal,
            DirtyBytes = _memory[8] < 0 ? own.DirtyBytes : _memory[8] + Known(_memory[9], 0),
            LockedBytes = Known(_memory[10], own.LockedBytes),
        };
    }

    private PsiReading Pressure(string path) =>
        kernel.TryReadScripted(path, out var text) && PsiReader.TryRead(text, out var reading) ? reading : default;

    private long Value(string path, long own) =>
        kernel.TryReadScripted(path, out var text) && ValueReader.TryRead(text, out var value)
            ? Known(value, own) : own;

    private static long Hundredths(in PsiLine line, long own) => line.Present ? line.Avg10 / 100 : own;

    private static long Known(long value, long own) => value < 0 ? own : value;
}
