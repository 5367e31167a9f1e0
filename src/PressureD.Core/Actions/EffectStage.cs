namespace PressureD.Core.Actions;

/// <summary>Where an <see cref="Effect"/> stands.</summary>
internal enum EffectStage
{
    Free,

    /// <summary>Noted; a worker is writing it.</summary>
    Beginning,

    /// <summary>In effect.</summary>
    Held,

    /// <summary>To be put back, or being put back.</summary>
    Ending,
}
