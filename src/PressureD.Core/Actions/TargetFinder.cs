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
    private CgroupSlot[] _matching = new CgroupSlot[64];
    private long[] _identities = new long[64];

    public TargetFinder(IKernel kernel, CgroupTable cgroups, VictimSelector selector)
    {
        _kernel = kernel;
        _cgroups = cgroups;
        _selector = selector;
    }

    /// <summary>Why the best of those passed over were.</summary>
    public TextBuffer PassedOver { get; } = new(512);

    /// <summary>Finds targets.</summary>
    /// <param name="of">The pattern; null for the match itself.</param>
    /// <param name="match">The rule's match; null for the host.</param>
    /// <param name="protections">Whose protections count; null when the act hurts nobody.</param>
    /// <param name="mayWait">Whether to wait for what workers read.</param>
    /// <param name="targets">Gets them, the largest first.</param>
    /// <param name="count">How many.</param>
    /// <returns>Waiting, Found, or Nobody.</returns>
    public Selection Find(
        CgroupPattern? of, CgroupSlot? match, CompiledKill? protections, bool mayWait, Span<Target> targets,
        out int count)
    {
        count = 0;
        PassedOver.Clear();
        _cgroups.Refresh();
        int matching = ListMatching(of, match);
        int named = 0;
        for (int i = 0; i < matching && count < targets.Length; i++)
        {
            CgroupSlot slot = _matching[i];
            if (slot.Directory < 0 || slot.Identity != _identities[i] || IsWithinAny(slot, targets[..count]))
                continue;
            Selection selection = Examine(slot, protections, mayWait, out Refusal refusal);
            if (selection == Selection.Waiting)
                return selection;
            if (selection == Selection.Found)
            {
                targets[count++] = new Target
                {
                    Slot = slot, Identity = slot.Identity, SizeBytes = Math.Max(ReadCurrent(slot.Directory), 0),
                };
            }
            else if (refusal != Refusal.Gone && named++ < NamedRefusals)
            {
                if (PassedOver.Length > 0)
                    PassedOver.Append("; "u8);
                PassedOver.Append("/"u8).AppendEscaped(slot.Path).Append(": "u8).Append(RefusalText.Of(refusal));
            }
        }

        SortBySize(targets[..count]);
        return count > 0 ? Selection.Found : Selection.Nobody;
    }

    /// <summary>Whether a cgroup holds us: it is our cgroup or one above it.</summary>
    public bool HoldsUs(ReadOnlySpan<byte> path) => _selector.HoldsUs(path);

    /// <summary>memory.current of a cgroup; <see cref="Quantity.Unknown"/> when it cannot be read.</summary>
    public long ReadCurrent(int directory) => ReadValue(directory, "memory.current"u8);

    /// <summary>A control file with one number; <see cref="Quantity.Unknown"/> when it cannot be read.</summary>
    public long ReadValue(int directory, ReadOnlySpan<byte> name)
    {
        int length = ControlText.Read(_kernel, directory, name, _buffer);
        return length > 0 && ValueReader.TryRead(_buffer.AsSpan(0, length), out long value) ? value : Quantity.Unknown;
    }

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
            }

            _matching[count] = slot;
            _identities[count++] = slot.Identity;
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

    private static bool IsWithinAny(CgroupSlot slot, ReadOnlySpan<Target> targets)
    {
        foreach (ref readonly Target target in targets)
        {
            if (target.IsThere && slot.IsWithin(target.Slot!))
                return true;
        }

        return false;
    }

    /// <summary>By insertion: they are few, and a comparison delegate for a value type costs more code.</summary>
    private static void SortBySize(Span<Target> targets)
    {
        for (int i = 1; i < targets.Length; i++)
        {
            Target target = targets[i];
            int place = i;
            while (place > 0 && targets[place - 1].SizeBytes < target.SizeBytes)
            {
                targets[place] = targets[place - 1];
                place--;
            }

            targets[place] = target;
        }
    }
}
