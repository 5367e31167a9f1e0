using PressureD.Simulation.Faults;

namespace PressureD.Simulation.Scenarios;

/// <summary>Calls of one kind that fail.</summary>
/// <param name="Kind">Which calls.</param>
/// <param name="PathEnd">How the path ends that they are about.</param>
/// <param name="Errno">What they answer, positive.</param>
/// <param name="Times">How many of them.</param>
/// <param name="FromUsec">From when on, since the beginning.</param>
public sealed record CallFault(KernelCallKind Kind, string PathEnd, int Errno, int Times, long FromUsec);
