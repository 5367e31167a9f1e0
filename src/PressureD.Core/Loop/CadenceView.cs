using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Engine;
using PressureD.Core.Policy;

namespace PressureD.Core.Loop;

/// <summary>The values that a condition is about.</summary>
internal readonly ref struct CadenceView
{
    private readonly ReadOnlySpan<long> _own;

    public CadenceView(ReadOnlySpan<long> host, SubjectState subject, GroupRuntime[] groups, bool ofCgroups)
    {
        Host = host;
        Cgroup = subject.Cgroup;
        Groups = groups;
        OfCgroups = ofCgroups;
        _own = subject.Values;
    }

    public CadenceView(
        ReadOnlySpan<long> host, SleepingMatches asleep, int row, GroupRuntime[] groups, bool ofCgroups)
    {
        Host = host;
        Cgroup = asleep.Cgroup(row);
        Groups = groups;
        OfCgroups = ofCgroups;
        _own = asleep.Values(row);
    }

    /// <summary>Of the machine alone, for what asks about nothing else.</summary>
    public CadenceView(ReadOnlySpan<long> host)
    {
        Host = host;
        Groups = [];
    }

    public ReadOnlySpan<long> Host { get; }

    /// <summary>Null for the machine.</summary>
    public CgroupSlot? Cgroup { get; }

    public GroupRuntime[] Groups { get; }

    /// <summary>Whether only what cgroups hold counts.</summary>
    public bool OfCgroups { get; }

    public long Read(in MetricOperand operand) => operand.OfHost ? Host[operand.Slot] : _own[operand.Slot];
}
