namespace PressureD.Core.Tests.Loop;

/// <summary>A file of fixed bytes.</summary>
internal sealed class ReplayFile(byte[] name, byte[] content)
{
    public byte[] Name { get; } = name;

    public byte[] Content { get; set; } = content;

    /// <summary>The cgroup whose control file it is.</summary>
    public ReplayCgroup? Owner { get; init; }
}
