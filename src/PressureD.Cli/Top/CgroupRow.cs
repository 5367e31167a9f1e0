namespace PressureD.Cli.Top;

/// <summary>One cgroup at one moment; what is not known is null.</summary>
/// <param name="Path">From the root, with a slash in front; bytes that could steer a terminal as \xNN.</param>
/// <param name="IsLeaf">Whether no cgroup is below it: it is there that processes are.</param>
/// <param name="MemoryBytes">memory.current.</param>
/// <param name="GrowthBytesPerSecond">How fast that has risen in the last seconds; negative when it fell.</param>
/// <param name="SwapBytes">memory.swap.current.</param>
/// <param name="SomeMillionths">Share of the last 10 s in which at least one task waited for memory.</param>
/// <param name="FullMillionths">Share of the last 10 s in which all tasks waited for memory.</param>
internal sealed record CgroupRow(
    string Path,
    bool IsLeaf,
    long? MemoryBytes,
    long? GrowthBytesPerSecond,
    long? SwapBytes,
    long? SomeMillionths,
    long? FullMillionths);
