namespace PressureD.Core.Policy;

/// <summary>What an argument of a <see cref="ConditionFunction"/> is.</summary>
public enum FunctionArgumentKind
{
    /// <summary>A metric, or a function over a window of one.</summary>
    Metric,

    /// <summary>A number with <c>ms s min h</c>, from 100 ms to 1 h.</summary>
    Window,

    /// <summary>A percentage, or a plain number such as 0.85.</summary>
    Ratio,

    /// <summary>A condition.</summary>
    Condition,

    /// <summary>A metric of the pattern's cgroups, or a function over a window of one.</summary>
    Value,

    /// <summary>A pattern over cgroup paths, in quotes.</summary>
    Pattern,
}
