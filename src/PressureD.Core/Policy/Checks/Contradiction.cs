namespace PressureD.Core.Policy.Checks;

/// <summary>What keeps a condition from ever being true.</summary>
/// <param name="First">A part of it.</param>
/// <param name="Second">
/// The part that excludes it; null when the first alone asks for more than the machine has.
/// </param>
internal sealed record Contradiction(ConditionPlace First, ConditionPlace? Second)
{
    /// <summary>Of what there is too little of: whether a share of it can be asked for as well.</summary>
    public bool HasShares { get; init; }
}
