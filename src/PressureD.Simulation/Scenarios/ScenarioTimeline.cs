using System.Collections.Generic;
using System.Text;

namespace PressureD.Simulation.Scenarios;

/// <summary>A run in plain text: rows and events in the order of time.</summary>
public static class ScenarioTimeline
{
    private const long BeforeUsec = 4_000_000;
    private const long AfterUsec = 2_000_000;

    /// <summary>What is shown when there is no particular place to look at.</summary>
    private const int LastLines = 24;

    /// <summary>The whole run.</summary>
    public static string Whole(ScenarioOutcome outcome) => Between(outcome, 0, long.MaxValue);

    /// <summary>What happened around the first difference, or else at the end.</summary>
    public static string Around(ScenarioOutcome outcome, IReadOnlyList<ScenarioFailure> failures)
    {
        foreach (var failure in failures)
            if (failure.AroundUsec >= 0)
                return Between(outcome, failure.AroundUsec - BeforeUsec, failure.AroundUsec + AfterUsec);
        var lines = Whole(outcome).Split('\n');
        var shown = new StringBuilder(ScenarioRow.Header).Append('\n');
        for (var index = int.Max(1, lines.Length - LastLines); index < lines.Length; index++)
            if (lines[index].Length > 0) shown.Append(lines[index]).Append('\n');
        return shown.ToString();
    }

    private static string Between(ScenarioOutcome outcome, long fromUsec, long toUsec)
    {
        var text = new StringBuilder(ScenarioRow.Header).Append('\n');
        var next = 0;
        foreach (var row in outcome.Rows)
        {
            Events(text, outcome.Events, ref next, row.Usec, fromUsec, toUsec);
            if (row.Usec >= fromUsec && row.Usec <= toUsec) text.Append(row).Append('\n');
        }

        Events(text, outcome.Events, ref next, long.MaxValue, fromUsec, toUsec);
        return text.ToString();
    }

    private static void Events(
        StringBuilder text,
        IReadOnlyList<ScenarioEvent> events,
        ref int next,
        long untilUsec,
        long fromUsec,
        long toUsec)
    {
        for (; next < events.Count && events[next].Usec < untilUsec; next++)
            if (events[next].Usec >= fromUsec && events[next].Usec <= toUsec)
                text.Append(events[next]).Append('\n');
    }
}
