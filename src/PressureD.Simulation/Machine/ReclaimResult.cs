namespace PressureD.Simulation.Machine;

/// <summary>What one round of reclaim did.</summary>
/// <param name="FreedPages">Free at once: clean cache.</param>
/// <param name="SubmittedPages">On their way to swap: free when written.</param>
/// <param name="CostNsec">Processor time of the reclaimer.</param>
internal readonly record struct ReclaimResult(long FreedPages, long SubmittedPages, long CostNsec);
