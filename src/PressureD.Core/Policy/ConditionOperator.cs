namespace PressureD.Core.Policy;

/// <summary>An operator of conditions, for documentation.</summary>
/// <param name="Form">How it is written: <c>a and b</c>.</param>
/// <param name="Summary">One or two sentences for people.</param>
/// <param name="Example">A whole condition that uses it.</param>
public sealed record ConditionOperator(string Form, string Summary, string Example);
