using System;
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
        Subject = subject;
        Groups = groups;
        OfCgroups = ofCgroups;
        _own = subject.Values;
    }

    /// <summary>Of the machine alone, for what asks about nothing else.</summary>
    public CadenceView(ReadOnlySpan<long> host)
    {
        Host = host;
        Subject = null!;
        Groups = [];
    }

    public ReadOnlySpan<long> Host { get; }

    public SubjectState Subject { get; }

    public GroupRuntime[] Groups { get; }

    /// <summary>Whether only what cgroups hold counts.</summary>
    public bool OfCgroups { get; }

    public long Read(in MetricOperand operand) => operand.OfHost ? Host[operand.Slot] : _own[operand.Slot];
}
