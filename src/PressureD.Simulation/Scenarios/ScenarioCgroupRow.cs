namespace PressureD.Simulation.Scenarios;

/// <summary>A cgroup at a moment.</summary>
/// <param name="Path">With a leading slash.</param>
/// <param name="CurrentBytes">memory.current.</param>
/// <param name="SwapBytes">memory.swap.current.</param>
/// <param name="MemorySome10">memory some avg10, hundredths of a percent.</param>
/// <param name="MemoryFull10">memory full avg10, hundredths of a percent.</param>
public readonly record struct ScenarioCgroupRow(
    string Path, long CurrentBytes, long SwapBytes, long MemorySome10, long MemoryFull10);
