namespace PressureD.Core.Policy;

/// <summary>Operators between a metric and a number.</summary>
public enum Comparison
{
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}
