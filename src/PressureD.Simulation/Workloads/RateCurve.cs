using System;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>A rate that changes from one value to another over a time and then stays.</summary>
internal sealed class RateCurve
{
    // Each half of the time has the same factor, and so on eight times: points between which it is straight.
    private const int Points = 256;

    private readonly LeakShape _shape;
    private readonly long _first;
    private readonly long _last;
    private readonly long _overUsec;
    private readonly long[] _powers = [];

    /// <param name="shape">How it changes.</param>
    /// <param name="first">The rate at the beginning; of an exponential one more than 0.</param>
    /// <param name="last">The rate at the end, more or less than the first.</param>
    /// <param name="overUsec">From the beginning to the end.</param>
    public RateCurve(LeakShape shape, long first, long last, long overUsec)
    {
        _shape = shape;
        _first = first;
        _last = last;
        _overUsec = overUsec;
        if (shape != LeakShape.Exponential) return;
        _powers = new long[Points + 1];
        _powers[0] = first;
        _powers[Points] = last;
        for (var step = Points; step > 1; step /= 2)
            for (var at = 0; at < Points; at += step)
                _powers[at + (step / 2)] = RootOfProduct(_powers[at], _powers[at + step]);
    }

    /// <summary>The rate at a moment since the beginning.</summary>
    public long At(long usec)
    {
        if (_shape == LeakShape.Constant) return _first;
        if (usec >= _overUsec) return _last;
        switch (_shape)
        {
            case LeakShape.Ramp:
                return Between(_first, _last, usec, _overUsec);
            case LeakShape.Exponential:
                var at = (Int128)usec * Points;
                var point = (int)(at / _overUsec);
                return Between(_powers[point], _powers[point + 1], (long)(at % _overUsec), _overUsec);
            default:
                return _first;
        }
    }

    private static long Between(long from, long to, long part, long whole) =>
        from + FixedPoint.Part(to - from, part, whole);

    // The integer square root, by Newton's steps from above.
    private static long RootOfProduct(long left, long right)
    {
        var product = (UInt128)left * (UInt128)right;
        if (product == 0) return 0;
        var root = (UInt128)long.Max(left, right);
        while (root * root > product) root = (root + (product / root)) / 2;
        return (long)root;
    }
}
