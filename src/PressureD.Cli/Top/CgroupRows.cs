using System;
using System.Collections.Generic;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Cli.Top;

/// <summary>Reads every cgroup, and remembers what it was before to say how fast it grows.</summary>
internal sealed class CgroupRows(IKernel kernel) : IDisposable
{
    /// <summary>Growth is over so long: less shows the steps in which memory is taken, more is late.</summary>
    private const long GrowthUsec = 5_000_000;

    private readonly CgroupTable _cgroups = new(kernel);
    private readonly byte[] _buffer = new byte[512];
    private readonly TextBuffer _path = new(16 * 1024);

    // By inode: a cgroup that is made again under the same name has not shrunk.
    private Dictionary<long, Queue<(long Usec, long Bytes)>> _earlier = [];

    /// <summary>All cgroups but the root, which has no memory of its own, as they are now.</summary>
    internal List<CgroupRow> Read()
    {
        List<CgroupRow> rows = [];
        Dictionary<long, Queue<(long Usec, long Bytes)>> seen = [];
        bool isAnyGone = false;
        _cgroups.Removed = _ => isAnyGone = true;
        _cgroups.Refresh();

        // Whoever has taken the name of one that is gone is found by the next.
        if (isAnyGone)
            _cgroups.Refresh();
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (slot.Parent is not null)
                rows.Add(Read(slot, seen));
        }

        _earlier = seen;
        return rows;
    }

    public void Dispose() => _cgroups.Dispose();

    private CgroupRow Read(CgroupSlot slot, Dictionary<long, Queue<(long Usec, long Bytes)>> seen)
    {
        int directory = slot.Directory;
        long? memory = Number(directory, "memory.current"u8);
        long? growth = null;
        if (memory is { } bytes)
        {
            Queue<(long Usec, long Bytes)> samples = _earlier.GetValueOrDefault(slot.Identity) ?? [];
            growth = Growth(samples, kernel.NowUsec, bytes);
            seen[slot.Identity] = samples;
        }

        bool stalls = PsiReader.TryRead(Content(directory, "memory.pressure"u8), out PsiReading pressure);
        return new CgroupRow(
            _path.Clear().Append("/"u8).AppendEscaped(slot.Path).ToString(),
            slot.IsLeaf,
            memory,
            growth,
            Number(directory, "memory.swap.current"u8),
            stalls && pressure.Some.Present ? pressure.Some.Avg10 : null,
            stalls && pressure.Full.Present ? pressure.Full.Avg10 : null);
    }

    private static long? Growth(Queue<(long Usec, long Bytes)> samples, long nowUsec, long bytes)
    {
        while (samples.Count > 1 && nowUsec - samples.Peek().Usec > GrowthUsec)
            samples.Dequeue();
        long? growth = samples.TryPeek(out (long Usec, long Bytes) first) && nowUsec > first.Usec
            ? (long)((Int128)(bytes - first.Bytes) * 1_000_000 / (nowUsec - first.Usec))
            : null;
        samples.Enqueue((nowUsec, bytes));
        return growth;
    }

    private long? Number(int directory, ReadOnlySpan<byte> name) =>
        ValueReader.TryRead(Content(directory, name), out long value) && value != Quantity.Unlimited ? value : null;

    private ReadOnlySpan<byte> Content(int directory, ReadOnlySpan<byte> name)
    {
        int length = WholeFile.Read(kernel, directory, name, _buffer);
        return _buffer.AsSpan(0, Math.Max(length, 0));
    }
}
