using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Victims;

namespace PressureD.Core.Actions;

/// <summary>
/// Finds the cgroups that an action's pattern names: the outermost that match, the root never. Who could not be a
/// victim is no target of what hurts either, and then those below are looked at.
/// </summary>
internal sealed class TargetFinder
{
    /// <summary>As many cgroups can be acted on at a time.</summary>
    public const int MaxTargets = 32;

    private const int NamedRefusals = 5;

    private readonly IKernel _kernel;
    private readonly CgroupTable _cgroups;
    private readonly VictimSelector _selector;
    private readonly byte[] _buffer = new byte[64];
    private readonly Shortage _shortage = new();
    private CgroupSlot[] _matching = new CgroupSlot[64];
    private long[] _identities = new long[64];
    private long[] _sizes = new long[64];
    private long _foundSize;

    public TargetFinder(IKernel kernel, CgroupTable cgroups, VictimSelector selector)
    {
        _kernel = kernel;
        _cgroups = cgroups;
        _selector = selector;
    }

    /// <summary>Why the best of those passed over were.</summary>
    public TextBuffer PassedOver { get; } = new(512);

    /// <summary>Whether more matched than there was room for.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Finds targets.</summary>
    /// <param name="of">The pattern; null for the match itself.</param>
    /// <param name="match">The rule's match; null for the host.</param>
    /// <param name="protections">Whose protections count; null when the act hurts nobody.</param>
    /// <param name="mayWait">Whether to wait for what workers read, or cannot be read at this moment.</param>
    /// <param name="targets">Gets as many as there is room for, the largest first.</param>
    /// <param name="count">How many.</param>
    /// <returns>Waiting, Found, or Nobody.</returns>
    public Selection Find(
        CgroupPattern? of, CgroupSlot? match, CompiledKill? protections, bool mayWait, Span<Target> targets,
        out int count)
    {
        count = 0;
        PassedOver.Clear();
        IsCut = false;
        _cgroups.Refresh();
        _shortage.Begin();
        if (_cgroups.IsLacking)
            _shortage.Note();
        int matching = ListMatching(of, match);

        // What cannot be seen at this moment may be the largest.
        if (_shortage.IsNoted && mayWait)
            return Selection.Waiting;
        if (matching == 0)
            PassedOver.Append("no cgroup matches"u8);
        int named = 0;
        for (int i = TakeLargest(matching); i >= 0; i = TakeLargest(matching))
        {
            CgroupSlot slot = _matching[i];
            if (slot.Directory < 0 || slot.Identity != _identities[i] || OverlapsAny(slot, targets[..count]))
                continue;
            if (count == targets.Length)
            {
                IsCut = true;
                break;
            }

            Selection selection = Examine(slot, protections, mayWait, out Refusal refusal);
            if (selection == Selection.Waiting)
                return selection;
            if (selection == Selection.Found)
            {
                targets[count++] = new Target { Slot = slot, Identity = slot.Identity, SizeBytes = _foundSize };
            }
            else if (refusal != Refusal.Gone && named++ < NamedRefusals)
            {
                if (PassedOver.Length > 0)
                    PassedOver.Append("; "u8);
                PassedOver.Append("/"u8).AppendEscaped(slot.Path).Append(": "u8).Append(RefusalText.Of(refusal));
            }
        }

        if (count > 0)
            return Selection.Found;
        if (PassedOver.Length == 0)
            PassedOver.Append("nobody lives in what matches"u8);
        return Selection.Nobody;
    }

    /// <summary>Whether a cgroup holds us: it is our cgroup or one above it.</summary>
    public bool HoldsUs(ReadOnlySpan<byte> path) => _selector.HoldsUs(path);

    /// <summary>memory.current of a cgroup; <see cref="Quantity.Unknown"/> when it cannot be read.</summary>
    public long ReadCurrent(int directory) => ReadValue(directory, "memory.current"u8);

    /// <summary>Whether a cgroup that is held still exists.</summary>
    public bool IsAlive(int directory) =>
        !Errno.IsGone(WholeFile.Read(_kernel, directory, "cgroup.events"u8, _buffer));

    /// <summary>A control file with one number; <see cref="Quantity.Unknown"/> when it cannot be read.</summary>
    public long ReadValue(int directory, ReadOnlySpan<byte> name) =>
        ValueFile.Read(_kernel, directory, name, _buffer, _shortage);

    private Selection Examine(CgroupSlot slot, CompiledKill? protections, bool mayWait, out Refusal refusal)
    {
        refusal = Refusal.None;
        return protections is null
            ? Selection.Found
            : _selector.ExamineTarget(protections, slot, mayWait, out refusal);
    }

    /// <summary>Noted before anybody is examined, because that may look at the tree and change it.</summary>
    private int ListMatching(CgroupPattern? of, CgroupSlot? match)
    {
        int count = 0;
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (slot.Parent is null || !IsOf(of, match, slot))
                continue;
            if (count == _matching.Length)
            {
                Array.Resize(ref _matching, count * 2);
                Array.Resize(ref _identities, count * 2);
                Array.Resize(ref _sizes, count * 2);
            }

            _matching[count] = slot;
            _identities[count] = slot.Identity;
            _sizes[count++] = Math.Max(ReadCurrent(slot.Directory), 0);
        }

        return count;
    }

    private static bool IsOf(CgroupPattern? of, CgroupSlot? match, CgroupSlot slot)
    {
        if (of is null)
            return ReferenceEquals(slot, match);
        ReadOnlySpan<byte> path = slot.Path;
        if (!of.BelowMatch)
            return of.IsMatch(path);
        if (match is null || ReferenceEquals(slot, match) || !slot.IsWithin(match))
            return false;
        return of.IsMatch(match.Path.IsEmpty ? path : path[(match.Path.Length + 1)..]);
    }

    /// <summary>
    /// The next in the order of size, the outer one first where two are equal: who holds another is never smaller.
    /// </summary>
    private int TakeLargest(int matching)
    {
        int largest = -1;
        for (int i = 0; i < matching; i++)
        {
            if (_sizes[i] >= 0 && (largest < 0 || _sizes[i] > _sizes[largest]))
                largest = i;
        }

        if (largest < 0)
            return -1;
        _foundSize = _sizes[largest];
        _sizes[largest] = -1;
        return largest;
    }

    private static bool OverlapsAny(CgroupSlot slot, ReadOnlySpan<Target> targets)
    {
        foreach (ref readonly Target target in targets)
        {
            if (target.IsThere && (slot.IsWithin(target.Slot!) || target.Slot!.IsWithin(slot)))
                return true;
        }

        return false;
    }
}
