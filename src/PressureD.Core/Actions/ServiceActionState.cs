using PressureD.Core.Services;

namespace PressureD.Core.Actions;

/// <summary>What an action that asks the service manager remembers of one match.</summary>
internal sealed class ServiceActionState : ActionState
{
    /// <summary>The request under way; null when none is.</summary>
    public ServiceEntry? Entry { get; set; }

    /// <summary>Since when the unit is examined; 0 when it is not.</summary>
    public long ExaminingSinceUsec { get; set; }
}
