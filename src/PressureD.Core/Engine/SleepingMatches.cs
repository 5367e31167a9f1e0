using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Sampling;

namespace PressureD.Core.Engine;

/// <summary>
/// The matches of a rule that has very many, beyond those that are kept whole: the condition is evaluated for each of
/// them as for the others, and nothing is remembered but the times that decide it. One whose condition comes true wakes
/// up, in the place of another that is idle.
/// </summary>
internal sealed class SleepingMatches(int timerCount)
{
    /// <summary>Rows that are made at a time: there is not much more room than there are matches.</summary>
    private const int Chunk = 64;

    /// <summary>Each one's sampler, which knows its cgroup; where there is none, the cgroup.</summary>
    private object[] _subjects = [];
    private long[] _timers = [];
    private int _place;

    public int Count { get; private set; }

    /// <summary>What one more takes, in the worst case. Bytes.</summary>
    public long NextBytes => Count < _subjects.Length ? 0 : Chunk * RowBytes;

    /// <summary>What they take. Bytes.</summary>
    public long Bytes => _subjects.Length * RowBytes;

    private long RowBytes => IntPtr.Size + (timerCount * sizeof(long));

    public CgroupSlot Cgroup(int row) => Sampler(row)?.Cgroup ?? (CgroupSlot)_subjects[row];

    /// <summary>Null when the rule asks nothing about its match.</summary>
    public CgroupSampler? Sampler(int row) => _subjects[row] as CgroupSampler;

    public ReadOnlySpan<long> Values(int row) => Sampler(row) is { } sampler ? sampler.Values : default;

    /// <summary>By <see cref="Policy.ConditionNode.TimerIndex"/>; as in <see cref="SubjectState.Memory"/>.</summary>
    public Span<long> Timers(int row) => _timers.AsSpan(row * timerCount, timerCount);

    /// <summary>The row of a cgroup; −1 when it has none.</summary>
    public int IndexOf(CgroupSlot cgroup)
    {
        // Mostly they are asked about in their order.
        if (_place < Count && ReferenceEquals(Cgroup(_place), cgroup))
            return _place++;
        for (int row = 0; row < Count; row++)
        {
            if (!ReferenceEquals(Cgroup(row), cgroup))
                continue;
            _place = row + 1;
            return row;
        }

        return -1;
    }

    /// <summary>Takes one in, in the last row, of which nothing is remembered yet.</summary>
    public void Add(CgroupSlot cgroup, CgroupSampler? sampler)
    {
        if (Count == _subjects.Length)
        {
            Array.Resize(ref _subjects, Count + Chunk);
            Array.Resize(ref _timers, _subjects.Length * timerCount);
        }

        int row = Count++;
        _subjects[row] = (object?)sampler ?? cgroup;
        Timers(row).Clear();
    }

    /// <summary>The policy's samplers have changed.</summary>
    public void SetSampler(int row, CgroupSampler? sampler) => _subjects[row] = (object?)sampler ?? Cgroup(row);

    public void RemoveAt(int row)
    {
        int rest = --Count - row;
        Array.Copy(_subjects, row + 1, _subjects, row, rest);
        Array.Copy(_timers, (row + 1) * timerCount, _timers, row * timerCount, rest * timerCount);
        _subjects[Count] = null!;
    }

    /// <summary>Nobody asks again what was read for them: the memory may be another policy's.</summary>
    public void ForgetSamplers()
    {
        for (int row = 0; row < Count; row++)
            _subjects[row] = Cgroup(row);
    }
}
