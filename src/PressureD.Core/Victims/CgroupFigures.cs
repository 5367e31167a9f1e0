using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>What cgroups say of themselves when candidates are ordered.</summary>
internal sealed class CgroupFigures
{
    private static readonly string[] StatKeys = ["anon", "pagetables", "pgscan"];
    private static readonly string[] EventKeys = ["populated"];

    private readonly IKernel _kernel;
    private readonly Shortage _shortage;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly KeyedReader _stat = new(StatKeys);
    private readonly KeyedReader _events = new(EventKeys);

    public CgroupFigures(IKernel kernel, Shortage shortage)
    {
        _kernel = kernel;
        _shortage = shortage;
    }

    /// <summary>The content of a file with one number; <see cref="Quantity.Unknown"/> when it cannot be read.</summary>
    public long ReadValue(int directory, ReadOnlySpan<byte> name) =>
        ValueFile.Read(_kernel, directory, name, _buffer, _shortage);

    /// <summary>
    /// What the death of all in it frees; 0 when it has no memory of its own, <see cref="Quantity.Unknown"/> when that
    /// cannot be read at this moment.
    /// </summary>
    public long SizeOf(int directory) => SizeOf(directory, out _, out _);

    /// <summary>Whether somebody lives in it or below it; what cannot be read counts as yes.</summary>
    public bool IsPopulated(CgroupSlot cgroup)
    {
        int length = Read(cgroup.Directory, "cgroup.events"u8);
        if (length <= 0)
            return !Errno.IsGone(length);
        Span<long> populated = stackalloc long[1];
        _events.Read(_buffer.AsSpan(0, length), populated);
        return populated[0] != 0;
    }

    /// <summary>
    /// Whether its memory is counted apart from that of the cgroup above it; what cannot be told counts as yes.
    /// </summary>
    public bool HasOwnMemory(CgroupSlot cgroup)
    {
        int file = _kernel.OpenFile(cgroup.Directory, "memory.current"u8);
        _shortage.Note(file);
        if (file < 0)
            return !Errno.IsGone(file);
        _kernel.Close(file);
        return true;
    }

    /// <summary>Reads what the keys of a kill ask of a cgroup.</summary>
    /// <param name="cgroup">The cgroup.</param>
    /// <param name="kill">Whose keys count.</param>
    /// <param name="nowUsec">The step's time, for rates.</param>
    /// <param name="values">Those that are asked for are set; size always is.</param>
    /// <returns>What the death of all in it frees, protected or not. Bytes.</returns>
    public long Fill(CgroupSlot cgroup, CompiledKill kill, long nowUsec, ref KeyValues values)
    {
        long scanned = 0;
        long swap = cgroup.MembersSwapBytes;
        long size = _kernel.Features.MemoryController
            ? SizeOf(cgroup.Directory, out swap, out scanned)
            : cgroup.MembersBytes;
        values.GrowthBytesPerSecond = cgroup.MeasureGrowth(size, nowUsec);
        if (size == Quantity.Unknown)
            size = cgroup.LastSizeBytes;
        values.SizeBytes = size;
        values.SwapBytes = swap;
        FillOwn(cgroup, kill, scanned, nowUsec, ref values);
        if (kill.RanksBy(RankKey.Rss))
            values.RssBytes = ResidentOf(cgroup);
        Unprotect(cgroup, ref values);
        values.BadnessBytes = values.SizeBytes;
        return size;
    }

    /// <summary>Reads what the kernel tells of cgroups alone.</summary>
    public void FillOwn(CgroupSlot cgroup, CompiledKill kill, long nowUsec, ref KeyValues values)
    {
        long scanned = 0;
        if (kill.RanksBy(RankKey.PageScan))
            SizeOf(cgroup.Directory, out _, out scanned);
        FillOwn(cgroup, kill, scanned, nowUsec, ref values);
    }

    /// <summary>
    /// Leaves of its size only what its protection does not cover: what its file cache takes of that comes first.
    /// </summary>
    public static void Unprotect(CgroupSlot cgroup, ref KeyValues values)
    {
        if (cgroup.ProtectedBytes == 0)
            return;
        long beyond = Math.Max(cgroup.UsageBytes - cgroup.ProtectedBytes, 0) + values.SwapBytes;
        values.SizeBytes = Math.Min(values.SizeBytes, beyond);
    }

    /// <summary>
    /// Leaves of one who is in a cgroup what is not its share in that one's protection; nothing in swap is protected.
    /// </summary>
    public static void UnprotectMember(CgroupSlot cgroup, ref KeyValues values)
    {
        if (cgroup.ProtectedBytes == 0)
            return;
        long covered = ProtectedOf(cgroup, values.SizeBytes - values.SwapBytes);
        values.SizeBytes -= covered;
        values.BadnessBytes -= covered;
        values.RssBytes -= ProtectedOf(cgroup, values.RssBytes);
    }

    private static long ProtectedOf(CgroupSlot cgroup, long bytes) =>
        (long)((Int128)bytes * Math.Min(cgroup.ProtectedBytes, cgroup.UsageBytes) / cgroup.UsageBytes);

    private void FillOwn(CgroupSlot cgroup, CompiledKill kill, long scanned, long nowUsec, ref KeyValues values)
    {
        if (kill.RanksBy(RankKey.PageScan))
            values.ScannedPagesPerSecond = cgroup.MeasureScan(scanned, nowUsec);
        if (kill.RanksBy(RankKey.Pressure))
            values.PressureMillionths = ReadPressure(cgroup);
        if (!kill.RanksBy(RankKey.IoCost))
            return;
        int length = Read(cgroup.Directory, "io.stat"u8);
        if (length > 0)
            values.IoCostPerSecond = cgroup.MeasureIoCost(IoCostReader.Read(_buffer.AsSpan(0, length)), nowUsec);
    }

    private long ResidentOf(CgroupSlot cgroup) => _kernel.Features.MemoryController
        ? Math.Max(ReadValue(cgroup.Directory, "memory.current"u8), 0) - cgroup.ProtectedBytes
        : cgroup.MembersRssBytes;

    private long SizeOf(int directory, out long swap, out long scanned)
    {
        swap = 0;
        scanned = 0;
        int length = Read(directory, "memory.stat"u8);
        if (Errno.IsGone(length))
            return 0;
        Span<long> values = stackalloc long[3];
        _stat.Read(_buffer.AsSpan(0, Math.Max(length, 0)), values);
        scanned = values[2];

        // The list begins with it, and whatever is cut off comes later.
        if (values[0] == Quantity.Unknown)
        {
            _shortage.Note(length < 0 ? length : -Errno.EIO);
            return Quantity.Unknown;
        }

        swap = Math.Max(ReadValue(directory, "memory.swap.current"u8), 0);
        return values[0] + Math.Max(values[1], 0) + swap;
    }

    private long ReadPressure(CgroupSlot cgroup)
    {
        int length = Read(cgroup.Directory, "memory.pressure"u8);
        if (length <= 0 || !PsiReader.TryRead(_buffer.AsSpan(0, length), out PsiReading reading))
            return 0;
        return reading.Full.Present ? (reading.Full.Avg10 / 2) + (reading.Full.Avg60 / 2) : 0;
    }

    private int Read(int directory, ReadOnlySpan<byte> name)
    {
        int length = WholeFile.Read(_kernel, directory, name, _buffer);
        _shortage.Note(length);
        return length;
    }
}
