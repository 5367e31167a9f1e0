namespace PressureD.Core.Actions;

/// <summary>Where a <see cref="KernelOomRunner"/> stands with one match.</summary>
internal sealed class KernelOomState : ActionState
{
    /// <summary>The write under way; negative when none is.</summary>
    public int Write { get; set; } = -1;
}
