using System;
using System.Collections.Generic;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>The counters of /proc/vmstat that are asked about, as they are or as rates.</summary>
internal sealed class VmstatSource
{
    private readonly KeyedReader _reader;
    private readonly Entry[] _entries;
    private readonly long[] _counters;
    private readonly long[] _sums;
    private readonly long[] _previous;
    private long _countedUsec;

    public VmstatSource(Metric[] metrics)
    {
        var keys = new List<string>();
        var entries = new List<Entry>();
        for (int slot = 0; slot < metrics.Length; slot++)
        {
            MetricOrigin? machine = metrics[slot].OfMachine;
            MetricSource source = machine?.Source ?? metrics[slot].Source;
            if (source is not (MetricSource.Vmstat or MetricSource.VmstatRate))
                continue;
            string[] parts = (machine?.Key ?? metrics[slot].Key).Split('+');
            var indices = new int[parts.Length];
            for (int i = 0; i < parts.Length; i++)
            {
                indices[i] = keys.IndexOf(parts[i]);
                if (indices[i] >= 0)
                    continue;
                indices[i] = keys.Count;
                keys.Add(parts[i]);
            }

            entries.Add(new Entry(slot, indices, source == MetricSource.VmstatRate));
        }

        _reader = new KeyedReader(keys);
        _entries = entries.ToArray();
        _counters = new long[keys.Count];
        _sums = new long[_entries.Length];
        _previous = new long[_entries.Length];
        _sums.AsSpan().Fill(Quantity.Unknown);
    }

    public bool IsNeeded => _entries.Length > 0;

    /// <summary>When it was last updated; 0 when never.</summary>
    public long SampledUsec { get; private set; }

    /// <summary>
    /// Takes what the file says and fills the slots; rates are over the time since the last call that had all of it.
    /// </summary>
    public void Update(ReadOnlySpan<byte> text, long nowUsec, Span<long> values)
    {
        SampledUsec = nowUsec;

        // What was known stays to count from: rates would be unknown twice, and windows over them begin anew.
        if (!text.EndsWith((byte)'\n'))
        {
            foreach (Entry entry in _entries)
                values[entry.Slot] = Quantity.Unknown;
            return;
        }

        _reader.Read(text, _counters);
        long elapsedUsec = _countedUsec == 0 ? 0 : nowUsec - _countedUsec;
        _countedUsec = nowUsec;
        for (int i = 0; i < _entries.Length; i++)
        {
            Entry entry = _entries[i];
            _previous[i] = _sums[i];
            _sums[i] = Sum(entry.Keys);
            if (!entry.IsRate)
            {
                values[entry.Slot] = _sums[i];
                continue;
            }

            bool known = _previous[i] != Quantity.Unknown && _sums[i] != Quantity.Unknown && elapsedUsec > 0;
            values[entry.Slot] = known
                ? (long)((Int128)Math.Max(_sums[i] - _previous[i], 0) * 1_000_000_000 / elapsedUsec)
                : Quantity.Unknown;
        }
    }

    /// <summary>Of those that this kernel has; unknown when it has none.</summary>
    private long Sum(int[] keys)
    {
        long sum = Quantity.Unknown;
        foreach (int key in keys)
        {
            if (_counters[key] != Quantity.Unknown)
                sum = Math.Max(sum, 0) + _counters[key];
        }

        return sum;
    }

    private sealed record Entry(int Slot, int[] Keys, bool IsRate);
}
