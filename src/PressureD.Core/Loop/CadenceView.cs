using System;
using PressureD.Core.Engine;
using PressureD.Core.Policy;

namespace PressureD.Core.Loop;

/// <summary>The values that a condition is about.</summary>
internal readonly ref struct CadenceView
{
    private readonly ReadOnlySpan<long> _own;

    public CadenceView(ReadOnlySpan<long> host, SubjectState subject, GroupRuntime[] groups)
    {
        Host = host;
        Subject = subject;
        Groups = groups;
        _own = subject.Values;
    }

    public ReadOnlySpan<long> Host { get; }

    public SubjectState Subject { get; }

    public GroupRuntime[] Groups { get; }

    public long Read(in MetricOperand operand) => operand.OfHost ? Host[operand.Slot] : _own[operand.Slot];
}
