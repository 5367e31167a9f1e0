namespace PressureD.Core.Policy;

/// <summary>What a <see cref="ChangeAction"/> is called in a policy.</summary>
public enum ChangeKind
{
    Throttle,
    Freeze,
    Swap,
    Weight,
    Set,
}
