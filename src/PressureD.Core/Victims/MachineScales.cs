namespace PressureD.Core.Victims;

/// <summary>The sizes that ranks are measured against.</summary>
/// <param name="MemoryBytes">Memory of the machine.</param>
/// <param name="TotalBytes">Memory and swap of the machine, for the badness scale.</param>
internal readonly record struct MachineScales(long MemoryBytes, long TotalBytes);
