using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using PressureD.Core.Policy;
using PressureD.Core.Readers;
using PressureD.Core.Sampling;

namespace PressureD.Core.Tests.Sampling;

/// <summary>Windows against a plain reading of what they mean, over random samples.</summary>
public sealed class WindowRingTests
{
    private const long WindowUsec = 1_600_000;
    private const long PartUsec = WindowUsec / 16;

    [Theory]
    [InlineData(WindowFunction.Rate)]
    [InlineData(WindowFunction.Avg)]
    [InlineData(WindowFunction.Min)]
    [InlineData(WindowFunction.Max)]
    [InlineData(WindowFunction.Delta)]
    [InlineData(WindowFunction.Before)]
    public void Sparse_samples_give_exactly_what_the_function_says(WindowFunction function) =>
        Check.QuickThrowOnFailure(Prop.ForAll(Series(PartUsec, 900_000).ToArbitrary(), samples =>
        {
            WindowRing ring = Ring(function);
            for (int i = 0; i < samples.Length; i++)
            {
                long value = ring.Add(samples[i].Usec, samples[i].Value, Quantity.Unknown);
                if (Math.Abs(Expected(function, samples, i) - value) > (function == WindowFunction.Avg ? 20 : 0))
                    return false;
            }

            return true;
        }));

    [Theory]
    [InlineData(WindowFunction.Rate)]
    [InlineData(WindowFunction.Avg)]
    [InlineData(WindowFunction.Min)]
    [InlineData(WindowFunction.Max)]
    [InlineData(WindowFunction.Delta)]
    public void Dense_samples_give_what_it_says_of_a_window_longer_by_no_more_than_its_resolution(WindowFunction function) =>
        Check.QuickThrowOnFailure(Prop.ForAll(Series(3_000, 60_000).ToArbitrary(), samples =>
        {
            WindowRing ring = Ring(function);
            for (int i = 0; i < samples.Length; i++)
            {
                long value = ring.Add(samples[i].Usec, samples[i].Value, Quantity.Unknown);
                bool full = samples[i].Usec - samples[0].Usec >= WindowUsec;
                if (full == (value == Quantity.Unknown))
                    return false;
                if (full && !Candidates(function, samples, i).Any(candidate => Math.Abs(candidate - value) <= 20))
                    return false;
            }

            return true;
        }));

    [Fact]
    public void The_same_moment_again_changes_nothing()
    {
        WindowRing ring = Ring(WindowFunction.Delta);
        Assert.Equal(Quantity.Unknown, ring.Add(1_000_000, 5, Quantity.Unknown));
        Assert.Equal(7, ring.Add(1_000_000, 9, 7));
        Assert.Equal(3, ring.Add(1_000_000 + WindowUsec, 8, Quantity.Unknown));
    }

    [Fact]
    public void A_counter_that_goes_back_counts_on()
    {
        var ring = new WindowRing(new Metric
        {
            Name = "x", Unit = MetricUnit.Count, Scope = MetricScope.Host, Source = MetricSource.Window, Summary = "",
            Window = new MetricWindow(WindowFunction.Delta, MetricCatalog.Get("memory.stat.pgscan"), WindowUsec),
        });
        ring.Add(1_000_000, 100, Quantity.Unknown);
        ring.Add(1_500_000, 130, Quantity.Unknown);
        ring.Add(2_000_000, 4, Quantity.Unknown);
        Assert.Equal(36, ring.Add(1_000_000 + WindowUsec, 6, Quantity.Unknown));
    }

    [Fact]
    public void Values_without_limit_and_rates_beyond_all_bounds_do_not_overflow()
    {
        WindowRing avg = Ring(WindowFunction.Avg);
        WindowRing rate = Ring(WindowFunction.Rate);
        for (int i = 0; i < 40; i++)
        {
            long value = i % 3 == 0 ? Quantity.Unlimited : 0;
            long mean = avg.Add(1 + (i * 100_000), value, Quantity.Unknown);
            long change = rate.Add(1 + (i * 100_000), value, Quantity.Unknown);
            Assert.True(i < 16 || mean > 0);
            Assert.True(i < 16 || change is >= -Quantity.Unlimited and <= Quantity.Unlimited);
        }
    }

    private static WindowRing Ring(WindowFunction function) => new(new Metric
    {
        Name = "x",
        Unit = function == WindowFunction.Rate ? MetricUnit.BytesPerSecond : MetricUnit.Bytes,
        Scope = MetricScope.Host,
        Source = MetricSource.Window,
        Summary = "",
        Window = new MetricWindow(function, MetricCatalog.Get("memory.current"), WindowUsec),
    });

    /// <summary>Samples of sizes at random distances within bounds.</summary>
    private static Gen<(long Usec, long Value)[]> Series(long leastUsec, long mostUsec) =>
        Gen.Choose((int)leastUsec, (int)mostUsec)
            .SelectMany(step => Gen.Choose(0, 1_000_000).Select(value => (Step: (long)step, Value: (long)value)))
            .ListOf(120)
            .Select(steps =>
            {
                long usec = 1_000_000;
                return steps.Select(step => (usec += step.Step, step.Value)).ToArray();
            });

    private static long Expected(WindowFunction function, (long Usec, long Value)[] samples, int now)
    {
        long start = samples[now].Usec - WindowUsec;
        int first = Array.FindLastIndex(samples, now, sample => sample.Usec <= start);
        return first < 0 ? Quantity.Unknown : Over(function, samples, first, now);
    }

    /// <summary>What it says of the windows that begin up to two parts earlier.</summary>
    private static IEnumerable<long> Candidates(WindowFunction function, (long Usec, long Value)[] samples, int now)
    {
        long start = samples[now].Usec - WindowUsec;
        for (int first = now; first >= 0 && samples[first].Usec > start - (2 * PartUsec); first--)
        {
            if (samples[first].Usec <= start)
                yield return Over(function, samples, first, now);
        }

        // The part of the very first sample may begin before the window.
        if (function is WindowFunction.Min or WindowFunction.Max && samples[0].Usec > start - PartUsec)
            yield return Over(function, samples, -1, now);
    }

    private static long Over(WindowFunction function, (long Usec, long Value)[] samples, int first, int now)
    {
        long span = first < 0 ? 0 : samples[now].Usec - samples[first].Usec;
        switch (function)
        {
            case WindowFunction.Before:
                return samples[first].Value;
            case WindowFunction.Delta:
                return samples[now].Value - samples[first].Value;
            case WindowFunction.Rate:
                return (samples[now].Value - samples[first].Value) * 1_000_000 / span;
            case WindowFunction.Avg:
                Int128 sum = 0;
                for (int i = first; i < now; i++)
                    sum += (Int128)samples[i].Value * (samples[i + 1].Usec - samples[i].Usec);
                return (long)(sum / span);
            default:
                var inside = samples.Skip(first + 1).Take(now - first).Select(sample => sample.Value);
                return function == WindowFunction.Min ? inside.Min() : inside.Max();
        }
    }
}
