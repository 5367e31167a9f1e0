namespace PressureD.Simulation.Faults;

/// <summary>One call about to be made.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Path">What it is about: a file's or cgroup's absolute path, or /proc/PID and the file's name.</param>
/// <param name="Sequence">Counts all calls of the run from 1.</param>
/// <param name="NowUsec">Monotonic time.</param>
public readonly record struct KernelCall(KernelCallKind Kind, string Path, long Sequence, long NowUsec);
