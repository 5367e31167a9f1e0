using System;
using System.Buffers.Text;

namespace PressureD.Linux;

/// <summary>One mapping of a process, put together from the lines of /proc/PID/smaps. Allocates nothing.</summary>
internal struct MemoryMapping
{
    /// <summary>The first address.</summary>
    public nuint Start { get; private set; }

    /// <summary>The address after the last.</summary>
    public nuint End { get; private set; }

    /// <summary>How much of it is in memory, KiB.</summary>
    public long ResidentKib { get; private set; }

    /// <summary>
    /// Whether it is a private mapping of a file that cannot be written to and of which no page was changed before.
    /// </summary>
    public bool IsUnchangedFile { get; private set; }

    /// <summary>Whether it may be executed.</summary>
    public bool IsCode { get; private set; }

    /// <summary>Whether it is of a library that is called for as long as the program runs, in whatever state.</summary>
    public bool IsLibraryInUse { get; private set; }

    /// <summary>Takes the next line (Linux, Documentation/filesystems/proc.rst 1.1).</summary>
    /// <returns>Whether it was the last one of this mapping.</returns>
    public bool Take(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] is < (byte)'A' or > (byte)'Z')
            Begin(line);
        else if (line.StartsWith("Rss:"u8))
            ResidentKib = Number(line[4..]);
        else if (line.StartsWith("Anonymous:"u8))
            IsUnchangedFile &= Number(line[10..]) == 0;
        else if (line.StartsWith("Swap:"u8))
            IsUnchangedFile &= Number(line[5..]) == 0;
        return line.StartsWith("VmFlags:"u8);
    }

    /// <summary>Addresses in hexadecimal, permissions, offset, device, inode, and a path if any.</summary>
    private void Begin(ReadOnlySpan<byte> line)
    {
        this = default;
        if (!Utf8Parser.TryParse(line, out ulong start, out var dash, 'x') || dash == line.Length) return;
        line = line[(dash + 1)..];
        if (!Utf8Parser.TryParse(line, out ulong end, out var blank, 'x') || blank == line.Length) return;
        line = line[(blank + 1)..];
        Start = (nuint)start;
        End = (nuint)end;
        IsCode = line.StartsWith("r-xp "u8);
        IsUnchangedFile = (IsCode || line.StartsWith("r--p "u8)) && HasInode(line);
        IsLibraryInUse = line.IndexOf("/libc.so."u8) >= 0 || line.IndexOf("/libsystemd.so."u8) >= 0;
    }

    private static bool HasInode(ReadOnlySpan<byte> fields)
    {
        // Permissions, offset, device; then the inode, which is 0 where there is no file.
        for (var field = 0; field < 3; field++) fields = fields[(fields.IndexOf((byte)' ') + 1)..];
        return Number(fields) != 0;
    }

    private static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text.TrimStart((byte)' '), out long number, out _) ? number : 0;
}
