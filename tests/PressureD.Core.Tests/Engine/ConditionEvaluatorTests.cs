using System;
using PressureD.Core.Engine;
using PressureD.Core.Policy;
using PressureD.Core.Readers;
using PressureD.Core.Tests.Policy;

namespace PressureD.Core.Tests.Engine;

/// <summary>Three-valued logic, hold times and averages after an act, sample by sample.</summary>
public sealed class ConditionEvaluatorTests
{
    private const string T = "mem.total > 0B";
    private const string F = "mem.total < 1B";
    private const string U = "psi.memory.full.avg10 > 1%";

    private readonly long[] _host = new long[64];

    public ConditionEvaluatorTests()
    {
        Array.Fill(_host, Quantity.Unknown);
        _host[BaseHostSlot.MemTotal] = 1000;
    }

    [Theory]
    [InlineData($"{T} and {T}", Truth.True)]
    [InlineData($"{T} and {F}", Truth.False)]
    [InlineData($"{T} and {U}", Truth.Unknown)]
    [InlineData($"{F} and {U}", Truth.False)]
    [InlineData($"{U} and {F}", Truth.False)]
    [InlineData($"{U} and {U}", Truth.Unknown)]
    [InlineData($"{T} or {U}", Truth.True)]
    [InlineData($"{U} or {T}", Truth.True)]
    [InlineData($"{F} or {U}", Truth.Unknown)]
    [InlineData($"{F} or {F}", Truth.False)]
    [InlineData($"not {U}", Truth.Unknown)]
    [InlineData($"not {T}", Truth.False)]
    [InlineData($"not {F}", Truth.True)]
    [InlineData($"not ({U} and {F})", Truth.True)]
    [InlineData($"not ({U} or {T})", Truth.False)]
    [InlineData("mem.available > 10%", Truth.Unknown)]
    [InlineData("swap.free < 10%", Truth.Unknown)]
    public void Logic(string condition, Truth expected)
    {
        Rule rule = Compile(condition);
        Assert.Equal(expected, Evaluate(rule, new MatchState(rule, null, null), 1_000_000));
    }

    [Fact]
    public void For_is_true_exactly_when_its_time_is_over()
    {
        Rule rule = Compile($"{T} for 2s");
        var match = new MatchState(rule, null, null);
        Assert.Equal(Truth.False, Evaluate(rule, match, 1_000_000));
        Assert.Equal(Truth.False, Evaluate(rule, match, 2_999_999));
        Assert.Equal(Truth.True, Evaluate(rule, match, 3_000_000));
    }

    [Fact]
    public void A_recheck_moves_no_timer()
    {
        Rule rule = Compile($"{T} for 2s");
        var match = new MatchState(rule, null, null);
        Assert.Equal(Truth.False, new ConditionEvaluator(_host, match, 500_000, recheck: true).Evaluate(rule.When));
        Evaluate(rule, match, 1_000_000);
        _host[BaseHostSlot.MemTotal] = Quantity.Unknown;
        Assert.Equal(Truth.Unknown, new ConditionEvaluator(_host, match, 3_500_000, recheck: true).Evaluate(rule.When));
        _host[BaseHostSlot.MemTotal] = 1000;
        Assert.Equal(Truth.True, Evaluate(rule, match, 3_600_000));
    }

    [Fact]
    public void Timers_on_both_sides_run_whatever_the_other_side_says()
    {
        Rule rule = Compile($"{F} and ({T} for 2s) or ({T} for 2s) and {T}");
        var match = new MatchState(rule, null, null);
        Evaluate(rule, match, 1_000_000);
        Assert.Equal(Truth.True, Evaluate(rule, match, 3_000_000));
    }

    [Fact]
    public void At_once_a_condition_says_what_it_would_if_its_for_were_over()
    {
        Rule rule = Compile($"{T} for 2s and not ({F} for 1s)");
        var match = new MatchState(rule, null, null);
        var evaluator = new ConditionEvaluator(_host, match, 1_000_000, recheck: false);
        Assert.Equal(Truth.False, evaluator.Evaluate(rule.When));
        Assert.Equal(Truth.True, evaluator.EvaluateAtOnce(rule.When));
    }

    [Fact]
    public void After_an_act_an_average_is_what_was_added_to_its_total_since()
    {
        Rule rule = Compile(U);
        var match = new MatchState(rule, null, null);
        _host[BaseHostSlot.MemoryFullAvg10] = 600_000;
        _host[BaseHostSlot.MemoryFullTotal] = 5_000_000;
        Assert.Equal(Truth.True, Evaluate(rule, match, 1_000_000));
        match.LastActUsec = 2_000_000;
        new ConditionEvaluator(_host, match, 2_000_000, recheck: true).TakeBaselines(rule);

        // Too soon to say; then nothing was added; then something; then the span is over.
        Assert.Equal(Truth.Unknown, Evaluate(rule, match, 2_100_000));
        Assert.Equal(Truth.False, Evaluate(rule, match, 4_000_000));
        _host[BaseHostSlot.MemoryFullTotal] = 5_100_000;
        Assert.Equal(50_000, Value(rule, match, 4_000_000));
        Assert.Equal(Truth.True, Evaluate(rule, match, 4_000_000));
        Assert.Equal(600_000, Value(rule, match, 12_000_000));
    }

    [Fact]
    public void Without_a_baseline_an_average_after_an_act_is_unknown()
    {
        Rule rule = Compile(U);
        var match = new MatchState(rule, null, null) { LastActUsec = 2_000_000 };
        _host[BaseHostSlot.MemoryFullAvg10] = 600_000;
        _host[BaseHostSlot.MemoryFullTotal] = 5_000_000;
        Assert.Equal(Truth.Unknown, Evaluate(rule, match, 4_000_000));
    }

    private static Rule Compile(string condition) => Conditions.Compile(condition).Rule!;

    private Truth Evaluate(Rule rule, MatchState match, long nowUsec) =>
        new ConditionEvaluator(_host, match, nowUsec, recheck: false).Evaluate(rule.When);

    private long Value(Rule rule, MatchState match, long nowUsec) =>
        new ConditionEvaluator(_host, match, nowUsec, recheck: true).Value(rule.When.Nodes, 0);
}
