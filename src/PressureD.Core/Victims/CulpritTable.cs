using System;
using System.Collections.Generic;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Victims;

/// <summary>
/// What the processes of each cgroup hold together, so that forty small hogs of one session are one culprit, and not
/// forty processes each smaller than an innocent one.
/// </summary>
internal sealed class CulpritTable
{
    private readonly Dictionary<ulong, int> _byPath = new(256);
    private Entry[] _entries = new Entry[256];
    private byte[] _paths = new byte[32 * 1024];
    private int _pathBytes;

    public int Count { get; private set; }

    public ref Entry this[int index] => ref _entries[index];

    public void Clear()
    {
        _byPath.Clear();
        _pathBytes = 0;
        Count = 0;
    }

    /// <summary>Adds a process to the culprit of its cgroup.</summary>
    /// <param name="path">The cgroup; empty for the root or when it is not known: such a process stands for
    /// itself.</param>
    /// <param name="values">What it is ordered by.</param>
    /// <param name="sizeBytes">What its death frees.</param>
    /// <param name="oomScoreAdj">Its oom_score_adj.</param>
    /// <returns>The culprit.</returns>
    public int Add(ReadOnlySpan<byte> path, in KeyValues values, long sizeBytes, int oomScoreAdj)
    {
        int index = path.IsEmpty ? AddEntry(path, 0) : FindOrAdd(path);
        ref Entry entry = ref _entries[index];
        entry.SizeBytes += sizeBytes;
        entry.Values.SizeBytes += sizeBytes;
        entry.Values.GrowthBytesPerSecond += values.GrowthBytesPerSecond;
        entry.Values.SwapBytes += values.SwapBytes;
        entry.Values.RssBytes += values.RssBytes;
        bool first = entry.Processes++ == 0;
        entry.Values.AgeUsec = first ? values.AgeUsec : Math.Min(entry.Values.AgeUsec, values.AgeUsec);
        entry.OomScoreAdj = first ? oomScoreAdj : Math.Max(entry.OomScoreAdj, oomScoreAdj);
        return index;
    }

    /// <summary>The cgroup of a culprit; empty for one that stands for itself.</summary>
    public ReadOnlySpan<byte> Path(int index) => _paths.AsSpan(_entries[index].PathOffset, _entries[index].PathLength);

    /// <summary>
    /// Corrects a culprit's size downwards: forked processes share anonymous memory, which each of them counts as its
    /// own.
    /// </summary>
    public void Cap(int index, long sizeBytes)
    {
        ref Entry entry = ref _entries[index];
        entry.SizeBytes = Math.Min(entry.SizeBytes, sizeBytes);
        entry.Values.SizeBytes = entry.SizeBytes;
    }

    private int FindOrAdd(ReadOnlySpan<byte> path)
    {
        ulong hash = PathHash.Of(path);

        // A place that another path has is passed by.
        while (_byPath.TryGetValue(hash, out int index))
        {
            ref readonly Entry entry = ref _entries[index];
            if (_paths.AsSpan(entry.PathOffset, entry.PathLength).SequenceEqual(path))
                return index;
            hash++;
        }

        return AddEntry(path, hash);
    }

    private int AddEntry(ReadOnlySpan<byte> path, ulong hash)
    {
        if (Count == _entries.Length)
            Array.Resize(ref _entries, Count * 2);
        if (_pathBytes + path.Length > _paths.Length)
            Array.Resize(ref _paths, Math.Max(_paths.Length * 2, _pathBytes + path.Length));
        path.CopyTo(_paths.AsSpan(_pathBytes));
        _entries[Count] = new Entry { PathOffset = _pathBytes, PathLength = path.Length };
        _pathBytes += path.Length;
        if (!path.IsEmpty)
            _byPath[hash] = Count;
        return Count++;
    }

    internal struct Entry
    {
        public int PathOffset;
        public int PathLength;

        /// <summary>What the death of all of it frees; of the values, size is what no protection covers.</summary>
        public long SizeBytes;

        /// <summary>Sums over its processes; age is that of the youngest.</summary>
        public KeyValues Values;
        public int Processes;

        /// <summary>The highest among its processes.</summary>
        public int OomScoreAdj;
    }
}
