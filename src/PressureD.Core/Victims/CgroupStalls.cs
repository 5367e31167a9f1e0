using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>
/// Which cgroups are stalled on memory right now, so that a rule can ask whether a candidate hurts anybody but itself.
/// </summary>
internal sealed class CgroupStalls
{
    private const long AverageSpanUsec = 10_000_000;

    private readonly IKernel _kernel;
    private readonly CgroupTable _cgroups;
    private readonly byte[] _buffer = new byte[1024];
    private readonly TopStall[] _top = new TopStall[16];
    private int _count;
    private long _actUsec;

    public CgroupStalls(IKernel kernel, CgroupTable cgroups)
    {
        _kernel = kernel;
        _cgroups = cgroups;
    }

    /// <summary>Reads the full memory stall of every leaf and keeps the worst. Leaves were marked before.</summary>
    public void Read(long nowUsec)
    {
        _count = 0;
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (slot.HoldsOthers || slot.Parent is null || !TryRead(slot, out PsiLine full))
                continue;
            Insert(slot, Share(slot, full, nowUsec));
        }
    }

    /// <summary>
    /// An act happened: for the next 10 s stalls are judged by what is added from here on, since the averages still
    /// carry what the act has ended.
    /// </summary>
    public void TakeBaselines(long nowUsec)
    {
        _actUsec = nowUsec;
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (!slot.HoldsOthers && slot.Parent is not null && TryRead(slot, out PsiLine full))
            {
                slot.StallTotalUsec = full.TotalUsec;
                slot.StallBaselineUsec = nowUsec;
            }
        }
    }

    /// <summary>
    /// The worst stall among cgroups that neither hold the candidate nor lie within it; 0 when none. Millionths.
    /// </summary>
    public long WorstOutside(ReadOnlySpan<byte> candidate)
    {
        for (int i = 0; i < _count; i++)
        {
            ReadOnlySpan<byte> path = _top[i].Cgroup!.Path;
            if (!PathPrefixes.IsWithin(candidate, path) && !PathPrefixes.IsWithin(path, candidate))
                return _top[i].Ratio;
        }

        return 0;
    }

    private bool TryRead(CgroupSlot slot, out PsiLine full)
    {
        full = default;
        int length = WholeFile.Read(_kernel, slot.Directory, "memory.pressure"u8, _buffer);
        if (length <= 0 || !PsiReader.TryRead(_buffer.AsSpan(0, length), out PsiReading reading))
            return false;
        full = reading.Full;
        return full.Present;
    }

    private long Share(CgroupSlot slot, in PsiLine full, long nowUsec)
    {
        long sinceUsec = nowUsec - slot.StallBaselineUsec;
        bool afterAct = _actUsec != 0 && slot.StallBaselineUsec == _actUsec && sinceUsec < AverageSpanUsec;
        if (!afterAct || slot.StallTotalUsec == Quantity.Unknown || sinceUsec <= 0)
            return full.Avg10;
        return Math.Min((full.TotalUsec - slot.StallTotalUsec) * Quantity.Whole / sinceUsec, Quantity.Whole);
    }

    private void Insert(CgroupSlot slot, long ratio)
    {
        if (ratio <= 0)
            return;
        int at = Math.Min(_count, _top.Length - 1);
        if (_count == _top.Length && _top[at].Ratio >= ratio)
            return;
        while (at > 0 && _top[at - 1].Ratio < ratio)
        {
            _top[at] = _top[at - 1];
            at--;
        }

        _top[at] = new TopStall(slot, ratio);
        _count = Math.Min(_count + 1, _top.Length);
    }

    private readonly record struct TopStall(CgroupSlot? Cgroup, long Ratio);
}
