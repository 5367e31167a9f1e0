namespace PressureD.Core.Kernel;

/// <summary>Directory descriptors with a fixed meaning.</summary>
public static class KernelDirectory
{
    /// <summary>No directory: the path that goes with it is absolute. The value is Linux's AT_FDCWD.</summary>
    public const int None = -100;
}
