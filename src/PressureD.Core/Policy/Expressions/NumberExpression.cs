namespace PressureD.Core.Policy.Expressions;

/// <summary>A number with its unit, empty when there is none.</summary>
internal sealed record NumberExpression(int Start, string Number, string Unit) : Expression(Start)
{
    public string Text => Number + Unit;
}
