using System;
using PressureD.Core.Engine;
using PressureD.Core.Policy;

namespace PressureD.Core.Actions;

/// <summary>Carries out <c>record</c>: what the machine looks like is kept as an incident.</summary>
internal sealed class RecordRunner : ActionRunner
{
    private readonly string _text;

    public RecordRunner(ActionServices services, RecordAction action)
        : base(services, action) => _text = action.Text;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "record"u8;

    /// <inheritdoc/>
    public override ActionState NewState() => new RecordState();

    /// <inheritdoc/>
    public override ChainResult Run(in ActionStep step)
    {
        // Once for as long as the rule is active: the record goes on by itself.
        var state = (RecordState)step.State;
        if (state.ActiveSinceUsec != step.Match.ActiveSinceUsec)
            Services.Incidents.NoteRecorded(step.Match, _text, step.NowUsec);
        state.ActiveSinceUsec = step.Match.ActiveSinceUsec;
        return ChainResult.Next;
    }
}
