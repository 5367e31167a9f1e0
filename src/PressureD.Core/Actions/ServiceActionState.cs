using PressureD.Core.Services;
using PressureD.Core.Victims;

namespace PressureD.Core.Actions;

/// <summary>What an action that asks the service manager remembers of one match.</summary>
/// <param name="isTold">Whether what is asked for is told whom the chain has killed.</param>
internal sealed class ServiceActionState(bool isTold) : ActionState
{
    /// <summary>The last victim of the running chain; null where nobody is told of it.</summary>
    public Victim? Victim { get; } = isTold ? new Victim() : null;

    /// <summary>The request under way; null when none is.</summary>
    public ServiceEntry? Entry { get; set; }

    /// <summary>Since when the unit is examined; 0 when it is not.</summary>
    public long ExaminingSinceUsec { get; set; }
}
