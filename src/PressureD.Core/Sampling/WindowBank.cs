using System;
using System.Collections.Generic;
using PressureD.Core.Policy;

namespace PressureD.Core.Sampling;

/// <summary>All windows over one cgroup's metrics, or over the machine's.</summary>
internal sealed class WindowBank
{
    private readonly Entry[] _entries;

    /// <param name="metrics">By slot.</param>
    /// <param name="slots">The slots to look at, ascending; a function's argument comes before the function.</param>
    public WindowBank(Metric[] metrics, ReadOnlySpan<int> slots)
    {
        var entries = new List<Entry>();
        foreach (int slot in slots)
        {
            if (metrics[slot].Window is not { } window)
                continue;
            int argument = Array.FindIndex(metrics, metric => metric.Name == window.Argument.Name);
            entries.Add(new Entry(
                metrics[slot].Name, slot, argument, window.Root.Source, new WindowRing(metrics[slot])));
        }

        _entries = entries.ToArray();
    }

    /// <summary>Goes on with the windows of an earlier bank of the same cgroup, or of the machine.</summary>
    public void Adopt(WindowBank earlier)
    {
        for (int i = 0; i < _entries.Length; i++)
        {
            foreach (Entry known in earlier._entries)
            {
                if (known.Name == _entries[i].Name)
                    _entries[i] = _entries[i] with { Ring = known.Ring };
            }
        }
    }

    public void Reset()
    {
        foreach (Entry entry in _entries)
            entry.Ring.Reset();
    }

    /// <summary>Takes the values of a sample and puts the functions' values beside them.</summary>
    public void Update(long nowUsec, Span<long> values) => Update(nowUsec, nowUsec, nowUsec, values);

    /// <summary>As above, where not everything was read at the same time.</summary>
    /// <param name="nowUsec">When most was read.</param>
    /// <param name="pressureUsec">When pressure was.</param>
    /// <param name="vmstatUsec">When the kernel's counters were.</param>
    /// <param name="values">By slot.</param>
    public void Update(long nowUsec, long pressureUsec, long vmstatUsec, Span<long> values)
    {
        foreach (Entry entry in _entries)
        {
            long usec = entry.Source switch
            {
                MetricSource.Psi => pressureUsec,
                MetricSource.Vmstat or MetricSource.VmstatRate => vmstatUsec,
                _ => nowUsec,
            };
            values[entry.Slot] = entry.Ring.Add(usec, values[entry.Argument], values[entry.Slot]);
        }
    }

    private sealed record Entry(string Name, int Slot, int Argument, MetricSource Source, WindowRing Ring);
}
