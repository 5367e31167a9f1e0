namespace PressureD.Core.Actions;

/// <summary>
/// What one action of a rule remembers of one match. Made with the match, so that acting allocates nothing.
/// </summary>
internal class ActionState
{
    /// <summary>When it was last said that nothing was done, and why.</summary>
    public long LastRefusalUsec { get; set; }

    /// <summary>Before this, an action that found nobody does not look again.</summary>
    public long LookAgainUsec { get; set; }
}
