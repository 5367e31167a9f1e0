namespace PressureD.Core.Incidents;

/// <summary>What kind of thing an incident tells of.</summary>
public enum IncidentActKind : byte
{
    /// <summary>Something was said, and nothing changed by it.</summary>
    Said,

    /// <summary>A level was raised.</summary>
    Notified,

    /// <summary>A victim was signalled.</summary>
    Signalled,

    /// <summary>A victim is dead.</summary>
    Died,

    /// <summary>Another action took effect, began or ended.</summary>
    Acted,

    /// <summary>An action would have been taken, and was not: cooldown, brake, no candidate, over before it.</summary>
    HeldBack,

    /// <summary>The state was kept because the policy, or somebody, asks for it.</summary>
    Recorded,
}
