namespace PressureD.Linux;

/// <summary>What a descriptor that the kernel port gave out stands for.</summary>
internal enum DescriptorKind : byte
{
    /// <summary>Not ours: closed, or never given out.</summary>
    None,
    File,
    Directory,
    Process,
    Trigger,
}
