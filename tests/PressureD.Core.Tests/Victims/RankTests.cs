using System;
using System.Collections.Generic;
using PressureD.Core.Policy;
using PressureD.Core.Victims;

namespace PressureD.Core.Tests.Victims;

public sealed class RankTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void A_band_is_a_factor_of_at_most_one_and_a_quarter()
    {
        Assert.Equal(0, Bands.Of(0));
        Assert.Equal(0, Bands.Of(-5));
        for (long value = 1; value < long.MaxValue / 10; value = value * 9 / 8 + 1)
        {
            Assert.True(Bands.Of(value) >= Bands.Of(value - 1));
            Assert.True(Bands.Of((value * 5 / 4) + 1) > Bands.Of(value), $"{value}");
            Assert.True(value < 16 || Bands.Of((value * 3 / 2) + 1) - Bands.Of(value) <= 3, $"{value}");
        }

        Assert.True(Bands.Of(long.MaxValue) > 0);
    }

    [Fact]
    public void Growth_counts_only_above_one_percent_of_memory_a_second()
    {
        var scales = new MachineScales(1000 * MiB, 1000 * MiB);
        Assert.Equal(0, RankBands.Of([RankKey.Growth], new() { GrowthBytesPerSecond = 10 * MiB }, scales).First);
        Assert.NotEqual(
            0, RankBands.Of([RankKey.Growth], new() { GrowthBytesPerSecond = (10 * MiB) + 1 }, scales).First);
    }

    [Fact]
    public void An_oom_score_adj_counts_as_thousandths_of_memory_and_swap()
    {
        var scales = new MachineScales(1000 * MiB, 2000 * MiB);
        Assert.InRange(scales.BytesOf(300), (600 * MiB) - 300_000, 600 * MiB);
        Assert.InRange(scales.BytesOf(-1000), -2000 * MiB, (-2000 * MiB) + 1_000_000);
    }

    [Fact]
    public void The_younger_come_first_by_age()
    {
        RankBands young = RankBands.Of([RankKey.Age], new() { AgeUsec = 1_000_000 }, default);
        RankBands old = RankBands.Of([RankKey.Age], new() { AgeUsec = 3_600_000_000 }, default);
        Assert.True(young.CompareTo(old) > 0);
    }

    [Fact]
    public void Every_key_has_its_word_and_its_value()
    {
        var values = new KeyValues
        {
            SizeBytes = 1, BadnessBytes = 2, GrowthBytesPerSecond = 3, AgeUsec = 4, SwapBytes = 5,
            PressureMillionths = 6, ScannedPagesPerSecond = 7, IoCostPerSecond = 8, RssBytes = 9,
        };
        RankKey[] keys = Enum.GetValues<RankKey>();
        Assert.Equal(RankKeys.Names.Length, keys.Length);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], Array.ConvertAll(keys, key => values.Of(key)));
        Assert.Equal("pgscan", RankKeys.Name(RankKey.PageScan));
        Assert.Equal("io-cost", RankKeys.Name(RankKey.IoCost));
        Assert.Equal("age", RankKeys.Name(RankKey.Age));
    }

    [Fact]
    public void The_order_is_total_and_does_not_depend_on_where_candidates_stood()
    {
        var random = new Random(7);
        var candidates = new List<Candidate>();
        for (int i = 0; i < 300; i++)
        {
            candidates.Add(new Candidate
            {
                Leanings = (Leanings)random.Next(4),
                Bands = new RankBands(random.Next(3), random.Next(3), random.Next(2)),
                Culprit = random.Next(3),
                IsSmall = random.Next(2) == 0,
                SizeBytes = random.Next(5),
                TieBreaker = i,
            });
        }

        Candidate[] first = [.. candidates];
        Array.Sort(first, Candidate.BestFirst);
        for (int round = 0; round < 5; round++)
        {
            Candidate[] shuffled = [.. candidates];
            random.Shuffle(shuffled);
            Array.Sort(shuffled, Candidate.BestFirst);
            Assert.Equal(Array.ConvertAll(first, c => c.TieBreaker), Array.ConvertAll(shuffled, c => c.TieBreaker));
        }

        Assert.Equal((Leanings.Preferred, Leanings.Avoided), (first[0].Leanings, first[^1].Leanings));
    }

    [Fact]
    public void Between_equals_the_higher_number_comes_first()
    {
        var older = new Candidate { SizeBytes = 5, TieBreaker = 10 };
        var younger = new Candidate { SizeBytes = 5, TieBreaker = 11 };
        Assert.True(Candidate.BestFirst(younger, older) < 0);
    }
}
