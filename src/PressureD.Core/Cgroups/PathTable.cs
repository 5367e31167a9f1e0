using System;
using System.Collections.Generic;

namespace PressureD.Core.Cgroups;

/// <summary>
/// Cgroup paths, each with a number of its own from 0 on. Grows only when they are more, or longer, than ever before.
/// </summary>
/// <remarks>
/// Whoever may make cgroups may give them any names: who fills a table looks whether it <see cref="IsFull"/>.
/// </remarks>
internal sealed class PathTable
{
    /// <summary>
    /// As many bytes as thousands of paths have, or dozens of the longest that are looked at; one more of those fits
    /// into half a mebibyte, so that the table does not grow beyond it.
    /// </summary>
    private const int ManyBytes = 500 * 1024;

    private readonly Dictionary<ulong, int> _byHash = new(256);
    private (int Offset, int Length)[] _places = new (int, int)[256];
    private byte[] _bytes = new byte[8 * 1024];
    private int _used;

    public int Count { get; private set; }

    /// <summary>Whether there are as many bytes of paths as there should be.</summary>
    public bool IsFull => _used >= ManyBytes;

    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(_places[index].Offset, _places[index].Length);

    public void Clear()
    {
        _byHash.Clear();
        _used = 0;
        Count = 0;
    }

    /// <summary>The number of a path, a new one if it has none yet.</summary>
    public int FindOrAdd(ReadOnlySpan<byte> path)
    {
        ulong hash = PathHash.Of(path);

        // A place that another path has is passed by.
        while (_byHash.TryGetValue(hash, out int index))
        {
            if (this[index].SequenceEqual(path))
                return index;
            hash++;
        }

        _byHash.Add(hash, Count);
        return Add(path);
    }

    /// <summary>A number for somebody without a path, which nobody else gets.</summary>
    public int AddUnnamed() => Add(default);

    private int Add(ReadOnlySpan<byte> path)
    {
        if (Count == _places.Length)
            Array.Resize(ref _places, Count * 2);
        if (_used + path.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + path.Length));
        path.CopyTo(_bytes.AsSpan(_used));
        _places[Count] = (_used, path.Length);
        _used += path.Length;
        return Count++;
    }
}
