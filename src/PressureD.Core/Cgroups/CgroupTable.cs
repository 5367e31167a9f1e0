using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PressureD.Core.Kernel;

namespace PressureD.Core.Cgroups;

/// <summary>
/// The cgroup tree as held directories. It owns identity: what else refers to a cgroup refers to its slot, and learns
/// from <see cref="Removed"/> that the slot's cgroup is gone.
/// </summary>
public sealed class CgroupTable : IDisposable
{
    /// <summary>Deeper trees than this are cut: the kernel allows any depth, systemd makes fewer than ten.</summary>
    private const int MaxPathBytes = 2048;

    /// <summary>
    /// More cgroups than this are not held: each costs a descriptor, and a user can make any number of them below one
    /// that is his. The tree is walked in breadth, so that those near the top, the system's units, come first.
    /// </summary>
    internal const int MaxSlots = 8192;

    /// <summary>And so many of paths that are longer than usual, for the same reason.</summary>
    private const int MaxLongPaths = 1024;

    /// <summary>What <see cref="IsTruncated"/> means to whoever reads the log.</summary>
    internal static readonly string TruncatedReason =
        $"more than {MaxSlots} cgroups, or too many of very long names: those beyond, the deepest, are not looked at";

    private readonly IKernel _kernel;
    private readonly List<CgroupSlot> _slots = new(256);
    private readonly Stack<CgroupSlot> _free = new();
    private readonly Stack<byte[]> _freeLongRooms = new();
    private readonly Dictionary<ulong, CgroupSlot> _byPath = new(256);
    private readonly byte[] _names = new byte[16 * 1024];
    private readonly byte[] _path = new byte[MaxPathBytes];
    private int _longRooms;
    private long _refresh;
    private long _listedUsec;

    public CgroupTable(IKernel kernel) => _kernel = kernel;

    /// <summary>
    /// Whether the last refresh left cgroups out because there are more than <see cref="MaxSlots"/>, or too many with
    /// long paths.
    /// </summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Whether the last refresh could not list or open something for want of something of ours.</summary>
    public bool IsLacking { get; private set; }

    /// <summary>Called for each cgroup that appears, parents first.</summary>
    public Action<CgroupSlot>? Added { get; set; }

    /// <summary>
    /// Called for each cgroup that is gone, before its slot is emptied; its descriptors read ENODEV already.
    /// </summary>
    public Action<CgroupSlot>? Removed { get; set; }

    /// <summary>All cgroups, parents before children, the root first; empty without cgroup2.</summary>
    /// <remarks>Good until the next refresh. A span, because going through a list by its interface allocates.</remarks>
    public ReadOnlySpan<CgroupSlot> Slots => CollectionsMarshal.AsSpan(_slots);

    /// <summary>The cgroup of a path without a leading slash; null when there is none (or not yet).</summary>
    public CgroupSlot? Find(ReadOnlySpan<byte> path)
    {
        _byPath.TryGetValue(PathHash.Of(path), out CgroupSlot? slot);
        while (slot is not null && !slot.Path.SequenceEqual(path))
            slot = slot.NextInBucket;
        return slot;
    }

    /// <summary>Lists the whole tree again, unless that was done in this step or a short time ago.</summary>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="maxAgeUsec">How old what is known may be.</param>
    public void Refresh(long nowUsec, long maxAgeUsec = 0)
    {
        if (_listedUsec != 0 && (nowUsec == _listedUsec || nowUsec - _listedUsec < maxAgeUsec))
            return;
        Refresh();
        _listedUsec = nowUsec;
    }

    /// <summary>Lists the whole tree again: finds what appeared and what went.</summary>
    public void Refresh()
    {
        _refresh++;
        IsTruncated = IsLacking = false;
        if (_slots.Count == 0 && !AddRoot())
            return;

        _slots[0].SeenInRefresh = _refresh;
        for (int i = 0; i < _slots.Count; i++)
        {
            CgroupSlot slot = _slots[i];
            if (slot.SeenInRefresh == _refresh)
                ListChildren(slot);
        }

        Sweep();
    }

    /// <summary>
    /// Notes that a cgroup's files say it is gone; its slot is emptied at once, and so are those below.
    /// </summary>
    public void MarkGone(CgroupSlot gone)
    {
        for (int i = _slots.Count - 1; i >= 0; i--)
        {
            if (_slots[i].IsWithin(gone))
                RemoveAt(i);
        }
    }

    public void Dispose()
    {
        for (int i = _slots.Count - 1; i >= 0; i--)
            RemoveAt(i);
    }

    private bool AddRoot()
    {
        int directory = _kernel.OpenCgroupRoot();
        IsLacking = Errno.IsPassing(directory);
        return directory >= 0 && TryAdd(directory, null, default);
    }

    private void ListChildren(CgroupSlot parent)
    {
        int children = 0;
        long position = 0;
        while (true)
        {
            int length = _kernel.ListDirectories(parent.Directory, _names, ref position);
            if (length <= 0)
            {
                // A removed directory answers ENOENT; whoever has taken its name since is found by the next refresh.
                if (Errno.IsGone(length) && parent.Parent is not null)
                    parent.SeenInRefresh = 0;
                else if (length < 0)
                    KeepBelow(parent);
                IsLacking |= Errno.IsPassing(length);
                if (length < 0)
                    return;
                break;
            }

            ReadOnlySpan<byte> names = _names.AsSpan(0, length);
            while (!names.IsEmpty)
            {
                int end = names.IndexOf((byte)0);
                if (end < 0)
                    break;
                children += Visit(parent, names[..end]) ? 1 : 0;
                names = names[(end + 1)..];
            }
        }

        parent.ChildCount = children;
    }

    /// <summary>
    /// The kernel could not list it this time, which says nothing about those in it: what is known stays.
    /// </summary>
    private void KeepBelow(CgroupSlot parent)
    {
        foreach (CgroupSlot slot in _slots)
        {
            if (slot.IsWithin(parent))
                slot.SeenInRefresh = _refresh;
        }
    }

    /// <returns>
    /// Whether it is there. What is there but cannot be opened counts as a child too, so that its parent is no leaf.
    /// </returns>
    private bool Visit(CgroupSlot parent, ReadOnlySpan<byte> name)
    {
        int prefix = parent.Path.Length == 0 ? 0 : parent.Path.Length + 1;
        if (prefix + name.Length > MaxPathBytes)
            return true;
        parent.Path.CopyTo(_path);
        if (prefix > 0)
            _path[prefix - 1] = (byte)'/';
        name.CopyTo(_path.AsSpan(prefix));
        ReadOnlySpan<byte> path = _path.AsSpan(0, prefix + name.Length);

        CgroupSlot? known = Find(path);
        if (known is not null)
        {
            known.SeenInRefresh = _refresh;
            return true;
        }

        bool lacksRoom = CgroupSlot.IsLong(path) && _freeLongRooms.Count == 0 && _longRooms == MaxLongPaths;
        if (_slots.Count >= MaxSlots || lacksRoom)
        {
            IsTruncated = true;
            return true;
        }

        int directory = _kernel.OpenDirectory(parent.Directory, name);
        IsLacking |= Errno.IsPassing(directory);
        if (directory < 0)
            return !Errno.IsGone(directory);
        TryAdd(directory, parent, path);
        return true;
    }

    /// <returns>False when it could not be told which it is: the next refresh finds it.</returns>
    private bool TryAdd(int directory, CgroupSlot? parent, ReadOnlySpan<byte> path)
    {
        long identity = _kernel.Identity(directory);
        if (identity < 0)
        {
            IsLacking |= Errno.IsPassing((int)identity);
            _kernel.Close(directory);
            return false;
        }

        CgroupSlot slot = _free.Count > 0 ? _free.Pop() : new CgroupSlot();
        ulong hash = PathHash.Of(path);
        slot.Occupy(directory, identity, parent, path, hash, CgroupSlot.IsLong(path) ? LongRoom() : null);
        slot.SeenInRefresh = _refresh;
        slot.NextInBucket = _byPath.GetValueOrDefault(hash);
        _byPath[hash] = slot;
        _slots.Add(slot);
        Added?.Invoke(slot);
        return true;
    }

    private byte[] LongRoom()
    {
        if (_freeLongRooms.TryPop(out byte[]? room))
            return room;
        _longRooms++;
        return new byte[MaxPathBytes];
    }

    private void Sweep()
    {
        // A slot whose parent went is no longer listed either, so children fall together with their parents.
        for (int i = _slots.Count - 1; i >= 0; i--)
        {
            if (_slots[i].SeenInRefresh != _refresh)
                RemoveAt(i);
        }
    }

    private void RemoveAt(int index)
    {
        CgroupSlot slot = _slots[index];
        Removed?.Invoke(slot);
        Unlink(slot);
        _kernel.Close(slot.Directory);
        if (slot.Leave() is { } room)
            _freeLongRooms.Push(room);
        _slots.RemoveAt(index);
        _free.Push(slot);
    }

    private void Unlink(CgroupSlot slot)
    {
        CgroupSlot head = _byPath[slot.Hash];
        if (ReferenceEquals(head, slot))
        {
            if (slot.NextInBucket is null)
                _byPath.Remove(slot.Hash);
            else
                _byPath[slot.Hash] = slot.NextInBucket;
        }
        else
        {
            while (!ReferenceEquals(head.NextInBucket, slot))
                head = head.NextInBucket!;
            head.NextInBucket = slot.NextInBucket;
        }

        slot.NextInBucket = null;
    }
}
