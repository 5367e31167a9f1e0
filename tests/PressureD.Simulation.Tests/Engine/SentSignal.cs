namespace PressureD.Simulation.Tests.Engine;

/// <summary>A signal that was sent.</summary>
/// <param name="Usec">Since the simulation began.</param>
/// <param name="Pid">To whom.</param>
/// <param name="Number">Which.</param>
internal readonly record struct SentSignal(long Usec, int Pid, int Number);
