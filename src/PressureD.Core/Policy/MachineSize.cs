namespace PressureD.Core.Policy;

/// <summary>What percentages are taken of, to say them in absolute numbers.</summary>
/// <param name="MemTotalBytes">MemTotal; 0 when it is not known.</param>
/// <param name="SwapTotalBytes">SwapTotal; 0 without swap, negative when it is not known.</param>
public readonly record struct MachineSize(long MemTotalBytes, long SwapTotalBytes);
