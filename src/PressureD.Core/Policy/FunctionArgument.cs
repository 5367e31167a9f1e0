namespace PressureD.Core.Policy;

/// <summary>One argument of a <see cref="ConditionFunction"/>.</summary>
/// <param name="Name">As the signature shows it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsOptional">Whether it may be left out.</param>
public sealed record FunctionArgument(string Name, FunctionArgumentKind Kind, bool IsOptional = false);
