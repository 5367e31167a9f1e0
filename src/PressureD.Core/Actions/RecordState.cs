namespace PressureD.Core.Actions;

/// <summary>What <c>record</c> remembers of one match.</summary>
internal sealed class RecordState : ActionState
{
    /// <summary>Since when the match was active that was recorded last.</summary>
    public long ActiveSinceUsec { get; set; }
}
