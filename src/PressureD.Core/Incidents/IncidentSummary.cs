using System;
using PressureD.Core.Publishing;

namespace PressureD.Core.Incidents;

/// <summary>An incident in one word and in one line.</summary>
public static class IncidentSummary
{
    /// <summary>Bytes that a summary has at most.</summary>
    public const int MaxBytes = 320;

    /// <summary>What it came to.</summary>
    public static IncidentOutcome Outcome(Incident incident)
    {
        var outcome = IncidentOutcome.Noted;
        foreach (IncidentAct act in incident.Acts)
        {
            IncidentOutcome own = Outcome(act);
            if (own > outcome)
                outcome = own;
        }

        return outcome;
    }

    /// <summary>The outcome's name for machines.</summary>
    public static ReadOnlySpan<byte> Name(IncidentOutcome outcome) => outcome switch
    {
        IncidentOutcome.Killed => "killed"u8,
        IncidentOutcome.Signalled => "signalled"u8,
        IncidentOutcome.Acted => "acted"u8,
        IncidentOutcome.DryRun => "dry-run"u8,
        IncidentOutcome.HeldBack => "held-back"u8,
        IncidentOutcome.Recorded => "recorded"u8,
        _ => "noted"u8,
    };

    /// <summary>An act's kind for machines.</summary>
    public static ReadOnlySpan<byte> Name(IncidentActKind kind) => kind switch
    {
        IncidentActKind.Notified => "notified"u8,
        IncidentActKind.Signalled => "signalled"u8,
        IncidentActKind.Died => "died"u8,
        IncidentActKind.Acted => "acted"u8,
        IncidentActKind.HeldBack => "held-back"u8,
        IncidentActKind.Recorded => "recorded"u8,
        _ => "said"u8,
    };

    /// <summary>Appends the line: the last of the weightiest acts, or the condition's values.</summary>
    public static void Append(TextBuffer text, Incident incident)
    {
        IncidentOutcome outcome = Outcome(incident);
        IncidentAct? decisive = null;
        foreach (IncidentAct act in incident.Acts)
        {
            if (Outcome(act) == outcome && act.Kind != IncidentActKind.Said)
                decisive = act;
        }

        if (outcome == IncidentOutcome.HeldBack)
            text.Append("not acted: "u8);
        if (outcome == IncidentOutcome.Recorded)
            text.Append("recorded: "u8);
        if (decisive is null || outcome == IncidentOutcome.Noted)
            text.Append("fired: "u8).Append(incident.Evidence.Span);
        else
            text.Append(decisive.Text.Span);
    }

    private static IncidentOutcome Outcome(IncidentAct act) => act.Kind switch
    {
        _ when act.DryRun => IncidentOutcome.DryRun,
        IncidentActKind.Died => IncidentOutcome.Killed,
        IncidentActKind.Signalled => IncidentOutcome.Signalled,
        IncidentActKind.Acted => IncidentOutcome.Acted,
        IncidentActKind.HeldBack => IncidentOutcome.HeldBack,
        IncidentActKind.Recorded => IncidentOutcome.Recorded,
        _ => IncidentOutcome.Noted,
    };
}
