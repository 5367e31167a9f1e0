using System;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>A held pressure file and the metrics that come from it.</summary>
internal sealed class PsiSource(PsiPlan plan)
{
    /// <summary>Two lines of the longest numbers there are take 142.</summary>
    private const int MaxTextBytes = 160;

    private readonly byte[] _text = plan.IsNeeded ? new byte[MaxTextBytes] : [];
    private int _textLength;
    private PsiReading _current;
    private PsiReading _previous;
    private long _currentUsec;
    private long _previousUsec;

    /// <summary>Forgets the samples: the file is now another cgroup's.</summary>
    public void Reset()
    {
        _textLength = 0;
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
        bool known = TryRead(text, out PsiReading reading);
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

        foreach (ref readonly PsiPlan.Entry entry in plan.Entries.AsSpan())
            values[entry.Slot] = known ? Value(entry) : Quantity.Unknown;
    }

    /// <summary>
    /// Most cgroups stall so seldom that their file says what it said before: then that is known already.
    /// </summary>
    private bool TryRead(ReadOnlySpan<byte> text, out PsiReading reading)
    {
        if (_textLength > 0 && text.SequenceEqual(_text.AsSpan(0, _textLength)))
        {
            reading = _current;
            return true;
        }

        _textLength = 0;
        if (!PsiReader.TryRead(text, out reading))
            return false;
        if (text.TryCopyTo(_text))
            _textLength = text.Length;
        return true;
    }

    private const long MinWindowUsec = 10_000;

    private long Value(in PsiPlan.Entry entry)
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
}
