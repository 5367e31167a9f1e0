namespace PressureD.Core.Policy;

/// <summary>What a <see cref="ConditionNode"/> does: gives a truth, or a value for a comparison.</summary>
public enum ConditionOp
{
    /// <summary>Compares the left value with the right one.</summary>
    Compare,

    /// <summary>Both children; false wins over unknown.</summary>
    And,

    /// <summary>Either child; true wins over unknown.</summary>
    Or,

    /// <summary>The opposite of the left child; unknown stays unknown.</summary>
    Not,

    /// <summary>The left child has been true without a break for the hold time.</summary>
    For,

    /// <summary>The left child has been true at some step within the hold time.</summary>
    Recently,

    /// <summary>A cgroup of the group is there.</summary>
    Exists,

    /// <summary>The group's condition holds for one cgroup at least.</summary>
    Any,

    /// <summary>The group's condition holds for each cgroup, and there is one.</summary>
    All,

    /// <summary>A value: what the sampler says of a metric, or of a function over one.</summary>
    Metric,

    /// <summary>A value: a number.</summary>
    Number,

    /// <summary>A value: a share, in millionths, of the left value.</summary>
    Share,

    /// <summary>A value: how many cgroups of the group are there, or for how many its condition holds.</summary>
    Count,

    /// <summary>A value: the greatest of the group's values.</summary>
    MaxOf,

    /// <summary>A value: the least of the group's values.</summary>
    MinOf,

    /// <summary>A value: the group's values together.</summary>
    SumOf,
}
