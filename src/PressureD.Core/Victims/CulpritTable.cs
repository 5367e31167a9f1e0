using System;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Victims;

/// <summary>
/// What the processes of each cgroup hold together, so that forty small hogs of one session are one culprit, and not
/// forty processes each smaller than an innocent one.
/// </summary>
internal sealed class CulpritTable
{
    private readonly PathTable _paths = new();
    private Entry[] _entries = new Entry[256];

    public int Count => _paths.Count;

    public ref Entry this[int index] => ref _entries[index];

    public void Clear() => _paths.Clear();

    /// <summary>Adds a process to the culprit of its cgroup.</summary>
    /// <param name="path">The cgroup; empty for the root or when it is not known: such a process stands for
    /// itself.</param>
    /// <param name="values">What it is ordered by.</param>
    /// <param name="sizeBytes">What its death frees.</param>
    /// <param name="oomScoreAdj">Its oom_score_adj.</param>
    /// <returns>The culprit.</returns>
    public int Add(ReadOnlySpan<byte> path, in KeyValues values, long sizeBytes, int oomScoreAdj)
    {
        int before = Count;
        int index = path.IsEmpty ? _paths.AddUnnamed() : _paths.FindOrAdd(path);
        if (index == _entries.Length)
            Array.Resize(ref _entries, index * 2);
        if (index == before)
            _entries[index] = default;
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
    public ReadOnlySpan<byte> Path(int index) => _paths[index];

    /// <summary>
    /// Corrects a culprit's size: forked processes share anonymous memory, which each of them counts as its own, and of
    /// very many not all are added.
    /// </summary>
    /// <param name="index">The culprit.</param>
    /// <param name="sizeBytes">What the kernel counts.</param>
    /// <param name="mayRaise">Whether it may have become too small.</param>
    public void Correct(int index, long sizeBytes, bool mayRaise)
    {
        ref Entry entry = ref _entries[index];
        entry.SizeBytes = mayRaise ? sizeBytes : Math.Min(entry.SizeBytes, sizeBytes);
        entry.Values.SizeBytes = entry.SizeBytes;
    }

    internal struct Entry
    {
        /// <summary>What the death of all of it frees; of the values, size is what no protection covers.</summary>
        public long SizeBytes;

        /// <summary>Sums over its processes; age is that of the youngest.</summary>
        public KeyValues Values;
        public int Processes;

        /// <summary>The highest among its processes.</summary>
        public int OomScoreAdj;
    }
}
