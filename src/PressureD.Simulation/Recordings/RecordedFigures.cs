using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Script;

namespace PressureD.Simulation.Recordings;

/// <summary>What the files of a recording say at the moment, for timelines.</summary>
internal sealed class RecordedFigures(ScriptedFiles files, string mount)
{
    private static readonly KeyedReader MemInfo = new(
    [
        "MemTotal", "MemAvailable", "MemFree", "AnonPages", "Cached", "Shmem", "SwapTotal", "SwapFree",
    ]);

    private readonly long[] _memory = new long[MemInfo.Count];

    public long TotalBytes => Known(_memory[0]);

    public long AvailableBytes => Known(_memory[1]);

    /// <summary>Reads the machine's figures anew.</summary>
    public void Refresh() => MemInfo.Read(files.ContentOf(RecordedFiles.MemInfo), _memory);

    /// <summary>What the death of a process would free: private memory, swap and page tables.</summary>
    public long HeldBytes(int pid) =>
        ProcessStatusReader.TryRead(files.ContentOf(RecordedFiles.KeyOf(pid, ProcessFile.Status)), out var status)
            ? Known(status.RssAnonBytes) + Known(status.SwapBytes) + Known(status.PageTableBytes)
            : 0;

    public ScenarioRow RowAt(SimulatedMachine machine)
    {
        var memory = Pressure("/proc/pressure/memory");
        var io = Pressure("/proc/pressure/io");
        return new ScenarioRow(
            machine.ElapsedUsec,
            TotalBytes,
            AvailableBytes,
            Known(_memory[2]),
            Known(_memory[3]),
            long.Max(0, Known(_memory[4]) - Known(_memory[5])),
            Known(_memory[5]),
            long.Max(0, Known(_memory[6]) - Known(_memory[7])),
            Known(_memory[6]),
            Hundredths(memory.Some),
            Hundredths(memory.Full),
            Hundredths(io.Some),
            Hundredths(io.Full),
            -1,
            Cgroups(machine));
    }

    private List<ScenarioCgroupRow> Cgroups(SimulatedMachine machine)
    {
        var rows = new List<ScenarioCgroupRow>();
        foreach (var cgroup in machine.Cgroups)
        {
            if (cgroup.IsRoot || cgroup.Children.Count > 0) continue;
            var directory = mount + cgroup.Path + "/";
            var current = Value(directory + "memory.current");
            var swap = Value(directory + "memory.swap.current");
            if (current + swap == 0) continue;
            var pressure = Pressure(directory + "memory.pressure");
            rows.Add(new ScenarioCgroupRow(
                cgroup.Path, current, swap, Hundredths(pressure.Some), Hundredths(pressure.Full)));
        }

        return rows;
    }

    private PsiReading Pressure(string key) =>
        PsiReader.TryRead(files.ContentOf(key), out var reading) ? reading : default;

    private long Value(string key) => ValueReader.TryRead(files.ContentOf(key), out var value) ? Known(value) : 0;

    private static long Hundredths(in PsiLine line) => line.Avg10 / 100;

    private static long Known(long value) => long.Max(0, value);
}
