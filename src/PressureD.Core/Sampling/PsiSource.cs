using System;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>A held pressure file and the metrics that come from it.</summary>
internal sealed class PsiSource
{
    private readonly Entry[] _entries;
    private PsiReading _current;
    private PsiReading _previous;
    private long _currentUsec;
    private long _previousUsec;

    public PsiSource(ReadOnlySpan<Metric> metrics, string resource)
    {
        int n = 0;
        var entries = new Entry[metrics.Length];
        for (int slot = 0; slot < metrics.Length; slot++)
        {
            if (metrics[slot].Source == MetricSource.Psi && metrics[slot].File == resource)
                entries[n++] = ParseKey(slot, metrics[slot].Key);
        }

        _entries = entries.AsSpan(0, n).ToArray();
    }

    public bool IsNeeded => _entries.Length > 0;

    /// <summary>Forgets the samples: the file is now another cgroup's.</summary>
    public void Reset()
    {
        _current = default;
        _previous = default;
        _currentUsec = 0;
        _previousUsec = 0;
    }

    /// <summary>Takes what the file says now and fills the slots.</summary>
    /// <param name="text">The content; empty when it could not be read.</param>
    /// <param name="nowUsec">When it was read.</param>
    /// <param name="values">Where the metrics' values go, by slot.</param>
    public void Update(ReadOnlySpan<byte> text, long nowUsec, Span<long> values)
    {
        bool known = PsiReader.TryRead(text, out PsiReading reading);
        if (known)
        {
            // A re-read within the same step must not shrink the window to nothing.
            if (nowUsec - _currentUsec >= MinWindowUsec)
            {
                _previous = _current;
                _previousUsec = _currentUsec;
            }

            _current = reading;
            _currentUsec = nowUsec;
        }

        foreach (Entry entry in _entries)
            values[entry.Slot] = known ? Value(entry) : Quantity.Unknown;
    }

    private const long MinWindowUsec = 10_000;

    private long Value(in Entry entry)
    {
        PsiLine line = entry.Kind == StallKind.Some ? _current.Some : _current.Full;
        if (!line.Present)
            return Quantity.Unknown;
        return entry.Field switch
        {
            PsiField.Avg10 => line.Avg10,
            PsiField.Avg60 => line.Avg60,
            PsiField.Avg300 => line.Avg300,
            PsiField.Total => line.TotalUsec,
            _ => Stall(line, entry.Kind == StallKind.Some ? _previous.Some : _previous.Full),
        };
    }

    private long Stall(in PsiLine now, in PsiLine before)
    {
        long elapsedUsec = _currentUsec - _previousUsec;
        if (!before.Present || elapsedUsec <= 0)
            return Quantity.Unknown;

        // A total that went back is another cgroup's or a restarted account: it counts from nothing.
        long stalledUsec = now.TotalUsec >= before.TotalUsec ? now.TotalUsec - before.TotalUsec : now.TotalUsec;
        return Math.Min(stalledUsec * Quantity.Whole / elapsedUsec, Quantity.Whole);
    }

    private static Entry ParseKey(int slot, string key)
    {
        int dot = key.IndexOf('.', StringComparison.Ordinal);
        StallKind kind = key.AsSpan(0, dot).SequenceEqual("some") ? StallKind.Some : StallKind.Full;
        PsiField field = key[(dot + 1)..] switch
        {
            "avg10" => PsiField.Avg10,
            "avg60" => PsiField.Avg60,
            "avg300" => PsiField.Avg300,
            "total" => PsiField.Total,
            "stall" => PsiField.Stall,
            string other => throw new ArgumentException($"no PSI field {other}"),
        };
        return new Entry(slot, kind, field);
    }

    private readonly record struct Entry(int Slot, StallKind Kind, PsiField Field);
}
