using System;

namespace PressureD.Core.Policy;

/// <summary>A comparison of an oom_score_adj with a number: <c>&gt;= 300</c>.</summary>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Value">With what, −1000 to 1000.</param>
public readonly record struct AdjustmentTest(Comparison Comparison, int Value)
{
    /// <summary>Whether a process's value passes.</summary>
    public bool Holds(int oomScoreAdj) => Comparison switch
    {
        Comparison.Less => oomScoreAdj < Value,
        Comparison.LessOrEqual => oomScoreAdj <= Value,
        Comparison.Greater => oomScoreAdj > Value,
        Comparison.GreaterOrEqual => oomScoreAdj >= Value,
        Comparison.Equal => oomScoreAdj == Value,
        Comparison.NotEqual => oomScoreAdj != Value,
        _ => throw new InvalidOperationException($"no comparison {Comparison}"),
    };
}
