namespace PressureD.Core.Policy;

/// <summary>
/// Three-valued logic (Kleene's): a value that is not known makes a comparison unknown, and only true fires.
/// </summary>
public enum Truth : sbyte
{
    False,
    Unknown,
    True,
}
