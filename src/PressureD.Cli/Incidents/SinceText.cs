using System;
using System.Globalization;
using PressureD.Core.Policy.Expressions;

namespace PressureD.Cli.Incidents;

/// <summary>A moment in the past, as people write it: how long ago, a day, or a time.</summary>
internal static class SinceText
{
    internal const string Expected =
        "expected how long ago (30min, 2h, 2d, 1w), 'today', 'yesterday', or a time such as '2026-03-01 07:00'";

    private const int DaysOfWeek = 7;

    /// <summary>Reads it; null when it is none, or not in the past.</summary>
    internal static DateTimeOffset? Read(string text, DateTimeOffset now)
    {
        var today = new DateTimeOffset(now.Date, now.Offset);
        DateTimeOffset? time = text switch
        {
            "today" => today,
            "yesterday" => today.AddDays(-1),
            [.. var count, 'd'] when Days(count) is { } days => now.AddDays(-days),
            [.. var count, 'w'] when Days(count) is { } weeks => now.AddDays(-weeks * DaysOfWeek),
            _ => Ago(text, now) ?? At(text),
        };
        return time <= now ? time : null;
    }

    // A century is longer than any record, and far from what a date can hold.
    private static int? Days(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int days) && days <= 5000 ? days : null;

    // As lengths of time are written in policies, whose longest unit is the hour.
    private static DateTimeOffset? Ago(string text, DateTimeOffset now) =>
        NumberText.Read(text, UnitKind.Duration, out long usec) is null
        && usec / 1_000_000 < (now - DateTimeOffset.UnixEpoch).TotalSeconds
            ? now - TimeSpan.FromMicroseconds(usec)
            : null;

    // Without a zone of its own it is meant as the clock on the wall shows it.
    private static DateTimeOffset? At(string text) =>
        DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time)
            ? time
            : null;
}
