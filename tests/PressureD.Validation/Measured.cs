namespace PressureD.Validation;

/// <summary>What several measurements of one figure lie between.</summary>
internal readonly record struct Measured(double Least, double Most)
{
    internal Measured(double only)
        : this(only, only)
    {
    }
}
