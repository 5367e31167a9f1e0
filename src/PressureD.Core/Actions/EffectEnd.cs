namespace PressureD.Core.Actions;

/// <summary>Why an effect is put back.</summary>
internal enum EffectEnd
{
    /// <summary>Its rule's condition is over.</summary>
    RuleOver,

    /// <summary>Its time limit is reached.</summary>
    Limit,

    /// <summary>Somebody in it was asked to leave, and cannot while it is frozen.</summary>
    Asked,

    /// <summary>The policy no longer asks for it.</summary>
    Dropped,

    /// <summary>The daemon ends.</summary>
    Leaving,

    /// <summary>A previous process made it, and it could not be put back at once.</summary>
    Inherited,

    /// <summary>It was frozen to be killed, and could not be thawed at once.</summary>
    Killed,

    /// <summary>It could not be written.</summary>
    Failed,
}
