using System;
using System.Collections.Generic;
using PressureD.Core.Readers;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Recordings;

/// <summary>
/// Recorded stall for pressure triggers: what the totals grow by from one sample to the next, spread evenly over the
/// ticks between.
/// </summary>
internal sealed class ReplayedPressure(SimulatedMachine machine, string mount)
{
    private static readonly (string Resource, PsiState Some, PsiState Full)[] Resources =
    [
        ("memory", PsiState.MemorySome, PsiState.MemoryFull), ("io", PsiState.IoSome, PsiState.IoFull),
        ("cpu", PsiState.CpuSome, PsiState.CpuFull),
    ];

    private readonly Dictionary<string, (long SomeUsec, long FullUsec)> _totals = new(StringComparer.Ordinal);
    private readonly List<ImposedStall> _stalls = [];

    /// <summary>Keeps a sample's totals.</summary>
    public void Keep(FrameDecoder sample)
    {
        foreach (var key in sample.Removed) _totals.Remove(key);
        foreach (var key in sample.Changed)
        {
            if (IndexOf(key) >= 0 && PsiReader.TryRead(sample.Values[key].Content, out var psi))
                _totals[key] = (psi.Some.TotalUsec, psi.Full.TotalUsec);
        }
    }

    /// <summary>Has the stall of the time up to a sample happen in the ticks to come.</summary>
    /// <param name="next">The sample.</param>
    /// <param name="fromUsec">The moment of the sample before.</param>
    public void Spread(FrameDecoder next, long fromUsec)
    {
        var ticks = long.Max(1, TickOf(next.NowUsec) - TickOf(fromUsec));
        _stalls.Clear();
        foreach (var key in next.Changed)
        {
            if (IndexOf(key) is not (>= 0 and var index) || !_totals.TryGetValue(key, out var before)) continue;
            if (CgroupOf(key) is not { } cgroup) continue;
            if (!PsiReader.TryRead(next.Values[key].Content, out var psi)) continue;
            Add(cgroup, Resources[index].Some, psi.Some.TotalUsec - before.SomeUsec, ticks);
            Add(cgroup, Resources[index].Full, psi.Full.TotalUsec - before.FullUsec, ticks);
        }

        machine.ReplaceStalls(_stalls);
    }

    /// <summary>No more stall is known.</summary>
    public void End() => machine.ReplaceStalls([]);

    private void Add(SimulatedCgroup cgroup, PsiState state, long usec, long ticks)
    {
        if (usec > 0) _stalls.Add(new ImposedStall(cgroup, state, usec * 1000 / ticks));
    }

    // What is for a moment happens at the first tick at or after it.
    private long TickOf(long usec) =>
        (usec - machine.Options.StartUsec + SimulatedMachine.TickUsec - 1) / SimulatedMachine.TickUsec;

    private SimulatedCgroup? CgroupOf(string key) => key.StartsWith("/proc/", StringComparison.Ordinal)
        ? machine.Root
        : machine.FindCgroup(key[mount.Length..key.LastIndexOf('/')]);

    // The machine's own triggers are on /proc/pressure, and so those of the root.
    private int IndexOf(string key)
    {
        var name = key.AsSpan(key.LastIndexOf('/') + 1);
        for (var index = 0; index < Resources.Length; index++)
        {
            var resource = Resources[index].Resource;
            if (key.StartsWith("/proc/pressure/", StringComparison.Ordinal) && name.SequenceEqual(resource))
                return index;
            if (name.EndsWith(".pressure") && name[..^9].SequenceEqual(resource) && key.Length - name.Length - 1
                > mount.Length) return index;
        }

        return -1;
    }
}
