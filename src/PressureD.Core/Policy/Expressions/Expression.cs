namespace PressureD.Core.Policy.Expressions;

/// <summary>A node of a condition as it was written, not yet checked.</summary>
/// <param name="Start">Its first character in the text.</param>
internal abstract record Expression(int Start);
