using System;

namespace PressureD.Core.Sampling;

/// <summary>Which metrics of a cgroup somebody asks about, by slot.</summary>
internal sealed class SlotSet(int count)
{
    private readonly bool[] _slots = new bool[count];

    /// <summary>How many are in it.</summary>
    public int Count { get; private set; }

    public void Clear()
    {
        _slots.AsSpan().Clear();
        Count = 0;
    }

    public void Add(ReadOnlySpan<int> slots)
    {
        foreach (int slot in slots)
        {
            Count += _slots[slot] ? 0 : 1;
            _slots[slot] = true;
        }
    }

    public void CopyFrom(SlotSet other)
    {
        other._slots.CopyTo(_slots, 0);
        Count = other.Count;
    }

    public bool Equals(SlotSet other) => _slots.AsSpan().SequenceEqual(other._slots);

    /// <summary>In ascending order.</summary>
    public int[] ToArray()
    {
        var slots = new int[Count];
        int n = 0;
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            if (_slots[slot])
                slots[n++] = slot;
        }

        return slots;
    }
}
