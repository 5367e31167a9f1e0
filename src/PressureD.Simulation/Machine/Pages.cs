namespace PressureD.Simulation.Machine;

/// <summary>Pages of 4 KiB, the unit of all memory in the machine.</summary>
public static class Pages
{
    public const int Bytes = 4096;
    public const int PerMiB = 256;

    /// <summary>Whole pages in a number of bytes, rounded down as the kernel rounds limits.</summary>
    public static long FromBytes(long bytes) => bytes / Bytes;

    public static long FromMiB(long mebibytes) => mebibytes * PerMiB;

    public static long ToKiB(long pages) => pages * (Bytes / 1024);
}
