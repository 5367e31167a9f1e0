namespace PressureD.Validation;

/// <summary>What a cgroup's files say at a moment.</summary>
/// <param name="CurrentBytes">memory.current.</param>
/// <param name="MemorySomeUsec">Total of its memory some.</param>
internal readonly record struct CgroupMoment(long CurrentBytes, long MemorySomeUsec);
