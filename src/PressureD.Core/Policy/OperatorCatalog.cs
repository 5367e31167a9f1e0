using System.Collections.Immutable;

namespace PressureD.Core.Policy;

/// <summary>Every operator of conditions, from the one that binds closest.</summary>
public static class OperatorCatalog
{
    public static ImmutableArray<ConditionOperator> All { get; } =
    [
        new("N% of x", "A share of another value of the same unit, to compare with.",
            "memory.current > 90% of memory.max"),
        new("a < b, a <= b, a > b, a >= b, a == b, a != b",
            "Compares two values of the same unit; unknown when one of them is. A plain percentage of a size is one of "
            + "the metric's base.",
            "memory.current > memory.high"),
        new("c for D",
            "The comparison or parenthesis just before it has been true without a break for D. Starts again after two "
            + "samples in a row in which it is unknown.",
            "psi.memory.full.avg10 > 20% for 10s"),
        new("not c", "True when c is false; unknown stays unknown.", "not exists(\"job.slice/*\")"),
        new("c and d", "Both; false as soon as one is false, whether or not the other is known.",
            "mem.available < 10% and swap.free < 10%"),
        new("c or d", "At least one; true as soon as one is true, whether or not the other is known.",
            "mem.available_user < 4% or time_to_exhaustion < 2s"),
    ];
}
