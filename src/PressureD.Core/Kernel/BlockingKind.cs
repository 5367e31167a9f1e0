namespace PressureD.Core.Kernel;

/// <summary>What a <see cref="BlockingOperation"/> does.</summary>
public enum BlockingKind
{
    ReadProcess,
    ReleaseMemory,
    Write,
}
