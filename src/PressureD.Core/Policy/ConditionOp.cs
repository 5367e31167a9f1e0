namespace PressureD.Core.Policy;

/// <summary>What a <see cref="ConditionNode"/> does.</summary>
public enum ConditionOp
{
    /// <summary>Compares a metric with a number.</summary>
    Compare,

    /// <summary>Both children; false wins over unknown.</summary>
    And,

    /// <summary>Either child; true wins over unknown.</summary>
    Or,

    /// <summary>The opposite of the left child; unknown stays unknown.</summary>
    Not,

    /// <summary>The left child has been true without a break for the hold time.</summary>
    For,
}
