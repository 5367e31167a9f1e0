using System;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>
/// The last values of one metric of one cgroup, and what a function makes of them. However often it is sampled, its
/// resolution is a sixteenth of the window, and it never keeps more than <see cref="Capacity"/> of them.
/// </summary>
/// <remarks>
/// Unknown until it has seen a whole window. Changes are over the time that really passed, which is longer than the
/// window by at most its resolution, or by whatever a late sample was late.
/// </remarks>
internal sealed class WindowRing
{
    private const int Parts = 16;

    /// <summary>As many as begin within a window, the one it began in, and the open one.</summary>
    private const int Capacity = Parts + 2;

    /// <summary>After this many unknown samples in a row the window starts again, as <c>for</c> does.</summary>
    private const int UnknownsThatRestart = 2;

    private readonly WindowFunction _function;
    private readonly long _windowUsec;
    private readonly long _partUsec;
    private readonly bool _counter;
    private readonly long _scale;
    private readonly long[] _timesUsec = new long[Capacity];
    private readonly long[] _values = new long[Capacity];
    private int _first;
    private int _count;
    private int _unknowns;
    private long _sinceUsec;
    private long _partSinceUsec;
    private long _lookedUsec;
    private long _lastUsec;
    private long _last;
    private long _restarted;
    private Int128 _sum;

    public WindowRing(Metric metric)
    {
        MetricWindow window = metric.Window!;
        _function = window.Function;
        _windowUsec = window.WindowUsec;
        _partUsec = _windowUsec / Parts;
        _counter = window.Argument.IsCounter;

        // Rates of counts are in thousandths.
        _scale = metric.Unit == MetricUnit.CountPerSecond ? 1_000_000_000 : 1_000_000;
    }

    /// <summary>Forgets everything: it is now another cgroup's.</summary>
    public void Reset()
    {
        _count = 0;
        _unknowns = 0;
        _restarted = 0;
        _lookedUsec = 0;
    }

    /// <summary>Takes a sample and gives the function's value; the same moment again changes nothing.</summary>
    /// <param name="nowUsec">When it was read.</param>
    /// <param name="value">Unknown is a sample as well.</param>
    /// <param name="before">The function's value so far, which stands when this moment is known already.</param>
    public long Add(long nowUsec, long value, long before)
    {
        if (nowUsec == _lookedUsec)
            return before;
        _lookedUsec = nowUsec;
        if (value == Quantity.Unknown)
        {
            if (++_unknowns >= UnknownsThatRestart)
                Reset();
            return Quantity.Unknown;
        }

        _unknowns = 0;
        if (_counter)
            value = Continue(value);
        if (_count == 0)
            _sinceUsec = nowUsec;
        switch (_function)
        {
            case WindowFunction.Min or WindowFunction.Max:
                AddExtreme(nowUsec, value);
                break;
            case WindowFunction.Avg:
                AddMean(nowUsec, value);
                break;
            default:
                if (_count == 0 || nowUsec - Time(_count - 1) >= _partUsec)
                    Push(nowUsec, value);
                DropBefore(nowUsec - _windowUsec);
                break;
        }

        _last = value;
        _lastUsec = nowUsec;
        return nowUsec - _sinceUsec < _windowUsec ? Quantity.Unknown : Value(nowUsec, value);
    }

    /// <summary>A counter that went back is another account's: it goes on from where the last one ended.</summary>
    private long Continue(long value)
    {
        if (_count > 0 && value + _restarted < _last)
            _restarted = _last;
        return value + _restarted;
    }

    private long Value(long nowUsec, long value)
    {
        switch (_function)
        {
            case WindowFunction.Min or WindowFunction.Max:
                long extreme = ValueAt(0);
                for (int i = 1; i < _count; i++)
                    extreme = Extreme(extreme, ValueAt(i));
                return extreme;
            case WindowFunction.Avg:
                Int128 sum = _sum;
                for (int i = 0; i + 1 < _count; i++)
                    sum += (Int128)ValueAt(i) * (Time(i + 1) - Time(i));
                return (long)(sum / (nowUsec - Time(0)));
            case WindowFunction.Before:
                return ValueAt(0);
            case WindowFunction.Delta:
                return value - ValueAt(0);
            default:
                Int128 rate = (Int128)(value - ValueAt(0)) * _scale / (nowUsec - Time(0));
                return (long)Int128.Clamp(rate, -Quantity.Unlimited, Quantity.Unlimited);
        }
    }

    /// <summary>A part's time is that of its newest sample, so that it leaves the window with it.</summary>
    private void AddExtreme(long nowUsec, long value)
    {
        while (_count > 0 && Time(0) <= nowUsec - _windowUsec)
            DropFirst();
        if (_count == 0 || nowUsec - _partSinceUsec >= _partUsec)
        {
            _partSinceUsec = nowUsec;
            Push(nowUsec, value);
            return;
        }

        int last = Place(_count - 1);
        _timesUsec[last] = nowUsec;
        _values[last] = Extreme(_values[last], value);
    }

    private long Extreme(long a, long b) => _function == WindowFunction.Min ? Math.Min(a, b) : Math.Max(a, b);

    /// <summary>A part holds the mean from its time to that of the next; what is open is still a sum.</summary>
    private void AddMean(long nowUsec, long value)
    {
        if (_count == 0)
        {
            _sum = 0;
            Push(nowUsec, 0);
            return;
        }

        _sum += (Int128)_last * (nowUsec - _lastUsec);
        long open = nowUsec - Time(_count - 1);
        if (open >= _partUsec)
        {
            _values[Place(_count - 1)] = (long)(_sum / open);
            _sum = 0;
            Push(nowUsec, 0);
        }

        DropBefore(nowUsec - _windowUsec);
    }

    /// <summary>The first one kept is the newest that is at least as old as the window.</summary>
    private void DropBefore(long startUsec)
    {
        while (_count > 1 && Time(1) <= startUsec)
            DropFirst();
    }

    private void Push(long usec, long value)
    {
        if (_count == Capacity)
            DropFirst();
        int place = Place(_count++);
        _timesUsec[place] = usec;
        _values[place] = value;
    }

    private void DropFirst()
    {
        _first = (_first + 1) % Capacity;
        _count--;
    }

    private long Time(int index) => _timesUsec[Place(index)];

    private long ValueAt(int index) => _values[Place(index)];

    private int Place(int index) => (_first + index) % Capacity;
}
