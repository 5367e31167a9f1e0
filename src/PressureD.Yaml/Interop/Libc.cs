using System;
using System.Runtime.InteropServices;

namespace PressureD.Yaml.Interop;

/// <summary>What the base library does not tell: the owner of a file, and who we are.</summary>
internal static partial class Libc
{
    private const string Library = "libc";

    private const int AtFdCwd = -100;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxBasic = 0x7ff;

    /// <summary>The size of struct statx, the same on every architecture; so are the offsets below.</summary>
    private const int StatxSize = 256;

    private const int OwnerOffset = 20;
    private const int ModeOffset = 28;

    /// <summary>Inode, size, change time and modification time, each with its nanoseconds, and the device.</summary>
    private static readonly int[] StampOffsets = [32, 40, 96, 104, 112, 120, 136];

    /// <summary>Of a path, links followed. Negative errno on failure.</summary>
    public static int Identify(string path, out FileIdentity identity) => Identify(AtFdCwd, path, 0, out identity);

    /// <summary>Of an open file. Negative errno on failure.</summary>
    public static int Identify(SafeHandle file, out FileIdentity identity)
    {
        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return Identify((int)file.DangerousGetHandle(), "", AtEmptyPath, out identity);
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }

    /// <summary>
    /// Adds what changes when a file is written, replaced, or gets other permissions; for one that is not there the
    /// error. Allocates nothing.
    /// </summary>
    /// <param name="path">Ends with a zero byte.</param>
    /// <param name="hash">What it is added to.</param>
    public static unsafe void AddStamp(ReadOnlySpan<byte> path, ref RunningHash hash)
    {
        byte* buffer = stackalloc byte[StatxSize];
        if (!Look(path, buffer, ref hash))
            return;
        foreach (int offset in StampOffsets)
            hash.Add(*(long*)(buffer + offset));
    }

    /// <summary>Adds whose a file is and who may change it, or why that cannot be told. Allocates nothing.</summary>
    /// <param name="path">Ends with a zero byte.</param>
    /// <param name="hash">What it is added to.</param>
    public static unsafe void AddAccess(ReadOnlySpan<byte> path, ref RunningHash hash)
    {
        byte* buffer = stackalloc byte[StatxSize];
        if (!Look(path, buffer, ref hash))
            return;
        hash.Add(*(uint*)(buffer + OwnerOffset));
        hash.Add(*(ushort*)(buffer + ModeOffset));
    }

    private static unsafe bool Look(ReadOnlySpan<byte> path, byte* buffer, ref RunningHash hash)
    {
        int result;
        fixed (byte* start = path)
            result = Statx(AtFdCwd, start, 0, StatxBasic, buffer);
        hash.Add(result == 0 ? 0 : Marshal.GetLastPInvokeError());
        return result == 0;
    }

    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    private static unsafe int Identify(int directory, string path, int flags, out FileIdentity identity)
    {
        byte* buffer = stackalloc byte[StatxSize];
        if (Statx(directory, path, flags, StatxBasic, buffer) != 0)
        {
            identity = default;
            return -Marshal.GetLastPInvokeError();
        }

        identity = new FileIdentity(*(uint*)(buffer + OwnerOffset), *(ushort*)(buffer + ModeOffset));
        return 0;
    }

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    private static unsafe partial int Statx(int directory, byte* path, int flags, uint mask, byte* buffer);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);
}
