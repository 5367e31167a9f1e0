using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Faults;

/// <summary>
/// What goes wrong, and when. A plan is asked in the order of the run and answers from its seed or its script alone, so
/// a run can be repeated.
/// </summary>
/// <remarks>
/// The fault model: a call may fail with an error number that the real call has; a read may end early; a wake-up may be
/// late; the clock may jump; a victim may hang. A call that is not failed does its whole work, and memory, limits and
/// processes are never corrupted: what follows would not be a kernel's behaviour.
/// </remarks>
public interface IFaultPlan
{
    /// <summary>Asked before every call.</summary>
    Fault OnCall(in KernelCall call);

    /// <summary>Asked whenever a wait that blocked is about to return.</summary>
    WakeFault OnWake(long nowUsec);

    /// <summary>Asked when a process begins to die: how long it hangs in an uninterruptible wait first.</summary>
    long StickUsec(SimulatedProcess victim);
}
