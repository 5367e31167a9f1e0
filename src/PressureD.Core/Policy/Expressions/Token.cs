namespace PressureD.Core.Policy.Expressions;

/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first character.</param>
/// <param name="Text">As written; for a number, its digits.</param>
/// <param name="Unit">For a number, its unit, empty when there is none.</param>
/// <param name="Comparison">For a comparison, which.</param>
internal readonly record struct Token(
    TokenKind Kind, int Start, string Text, string Unit = "", Comparison Comparison = default);
