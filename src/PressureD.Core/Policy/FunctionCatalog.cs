using System;
using System.Collections.Immutable;

namespace PressureD.Core.Policy;

/// <summary>Every function of conditions; compiler and documentation take names and arguments from here.</summary>
public static class FunctionCatalog
{
    private static readonly FunctionArgument X = new("x", FunctionArgumentKind.Metric);
    private static readonly FunctionArgument Window = new("D", FunctionArgumentKind.Window);
    private static readonly FunctionArgument OptionalWindow = new("D", FunctionArgumentKind.Window, IsOptional: true);
    private static readonly FunctionArgument Pattern = new("pattern", FunctionArgumentKind.Pattern);
    private static readonly FunctionArgument Value = new("value", FunctionArgumentKind.Value);
    private static readonly FunctionArgument Condition = new("condition", FunctionArgumentKind.Condition);

    /// <summary>All functions, in the order of the documentation.</summary>
    public static ImmutableArray<ConditionFunction> All { get; } =
    [
        new()
        {
            Name = "rate",
            Arguments = [X, Window],
            IsCondition = false,
            UnitRule = "a size gives B/s, a count gives /s, a time that is counted up gives a share (%)",
            Summary = "How much x changed in the last D, a second, over the time that really passed. What counts up "
                + "and then is less than before has begun again from nothing.",
            Example = "rate(memory.stat.pgscan, 2s) > 0/s",
        },
        new()
        {
            Name = "avg",
            Arguments = [X, Window],
            IsCondition = false,
            UnitRule = "that of x",
            Summary = "The mean of x over the last D, each value weighted with the time it stood.",
            Example = "avg(memory.current, 30s) > 2GiB",
        },
        new()
        {
            Name = "min",
            Arguments = [X, Window],
            IsCondition = false,
            UnitRule = "that of x",
            Summary = "The least x in the last D.",
            Example = "min(mem.available, 1min) < 10%",
        },
        new()
        {
            Name = "max",
            Arguments = [X, Window],
            IsCondition = false,
            UnitRule = "that of x",
            Summary = "The greatest x in the last D.",
            Example = "max(psi.memory.full.avg10, 30s) < 1%",
        },
        new()
        {
            Name = "delta",
            Arguments = [X, Window],
            IsCondition = false,
            UnitRule = "that of x",
            Summary = "How much larger x is than D ago; below 0 when it is smaller.",
            Example = "delta(memory.current, 10s) > 200MiB",
        },
        new()
        {
            Name = "rising",
            Arguments = [X, OptionalWindow],
            IsCondition = true,
            Summary = "x is larger than D ago, 5 s if left out.",
            Example = "rising(psi.memory.full.avg10)",
        },
        new()
        {
            Name = "falling",
            Arguments = [X, new("ratio", FunctionArgumentKind.Ratio), OptionalWindow],
            IsCondition = true,
            Summary = "x is less than ratio times what it was D ago, 5 s if left out.",
            Example = "psi.memory.full.avg60 > 20% and not falling(psi.memory.full.avg10, 85%)",
        },
        new()
        {
            Name = "recently",
            Arguments = [Condition, Window],
            IsCondition = true,
            Summary = "The condition has been true at some moment of the last D.",
            Example = "recently(rate(memory.stat.pgscan, 2s) > 0/s, 30s)",
        },
        new()
        {
            Name = "exists",
            Arguments = [Pattern],
            IsCondition = true,
            Summary = "There is a cgroup that matches.",
            Example = "exists(\"system.slice/backup.service\")",
        },
        new()
        {
            Name = "count",
            Arguments = [Pattern, new("condition", FunctionArgumentKind.Condition, IsOptional: true)],
            IsCondition = false,
            UnitRule = "a plain number",
            Summary = "How many cgroups match, and of those, for how many the condition holds.",
            Example = "count(\"job.slice/*\", memory.current > 1GiB) >= 3",
        },
        new()
        {
            Name = "any",
            Arguments = [Pattern, Condition],
            IsCondition = true,
            Summary = "The condition holds for at least one cgroup that matches.",
            Example = "any(\"workload.slice/*\", psi.memory.full.avg10 > 20% for 10s)",
        },
        new()
        {
            Name = "all",
            Arguments = [Pattern, Condition],
            IsCondition = true,
            Summary = "The condition holds for every cgroup that matches, and there is one.",
            Example = "all(\"workload.slice/*\", psi.memory.some.avg10 < 1%)",
        },
        new()
        {
            Name = "max_of",
            Arguments = [Pattern, Value],
            IsCondition = false,
            UnitRule = "that of the value",
            Summary = "The greatest value among the cgroups that match, of those of which it is known.",
            Example = "max_of(\"user.slice/*\", memory.swap.current) > 50%",
        },
        new()
        {
            Name = "min_of",
            Arguments = [Pattern, Value],
            IsCondition = false,
            UnitRule = "that of the value",
            Summary = "The least value among the cgroups that match, of those of which it is known.",
            Example = "min_of(\"db.slice/*\", memory.current) < 100MiB",
        },
        new()
        {
            Name = "sum_of",
            Arguments = [Pattern, Value],
            IsCondition = false,
            UnitRule = "that of the value",
            Summary = "The values of the cgroups that match together, of those of which they are known.",
            Example = "sum_of(\"job.slice/*\", rate(memory.stat.pgscan, 2s)) > 1000/s",
        },
    ];

    /// <summary>The function of that name; null when there is none.</summary>
    public static ConditionFunction? Find(string name)
    {
        foreach (ConditionFunction function in All)
        {
            if (string.Equals(function.Name, name, StringComparison.Ordinal))
                return function;
        }

        return null;
    }
}
