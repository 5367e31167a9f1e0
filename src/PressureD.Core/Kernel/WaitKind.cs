namespace PressureD.Core.Kernel;

/// <summary>What <see cref="IKernel.Wait"/> woke for.</summary>
public enum WaitKind
{
    /// <summary>A PSI trigger fired: look now. Not proof of anything.</summary>
    Pressure,

    /// <summary>
    /// A watched process ended (it may still be a zombie, but its memory is gone or going). Reported once.
    /// </summary>
    Exit,

    /// <summary>A watched cgroup.events file changed.</summary>
    Changed,

    /// <summary>A begun operation ended; <see cref="WaitEvent.Descriptor"/> is its ticket.</summary>
    Ticket,

    /// <summary>
    /// The source of a trigger or watch no longer exists; its descriptor is to be closed. Reported once.
    /// </summary>
    Gone,
}
