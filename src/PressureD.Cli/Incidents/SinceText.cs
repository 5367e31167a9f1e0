using System;
using System.Globalization;
using PressureD.Core.Policy.Expressions;

namespace PressureD.Cli.Incidents;

/// <summary>A moment in the past, as people write it: how long ago, a day, or a time.</summary>
internal static class SinceText
{
    internal const string Expected =
        "expected how long ago (30min, 2h, 2d, 1w), 'today', 'yesterday', or a time such as '2026-03-01 07:00'";

    private const string Date = "yyyy-MM-dd";
    private const int HoursOfDay = 24;
    private const int HoursOfWeek = 7 * HoursOfDay;

    // Years come first: what is a day to one reader and a month to another is not guessed.
    private static readonly string[] Times =
    [
        Date, $"{Date} HH:mm", $"{Date} HH:mm:ss", $"{Date}THH:mmK", $"{Date}THH:mm:ssK", $"{Date}THH:mm:ss.FFFFFFK",
    ];

    /// <summary>Reads it; null when it is none, or not in the past.</summary>
    internal static DateTimeOffset? Read(string text, DateTimeOffset now)
    {
        string today = Day(now);
        DateTimeOffset? time = text switch
        {
            "today" => At(today),
            "yesterday" => At(Day(now.AddDays(-1))),
            _ => Ago(text, now) ?? At(text) ?? At($"{today} {text}"),
        };
        return time <= now ? time : null;
    }

    private static string Day(DateTimeOffset time) => time.ToString(Date, CultureInfo.InvariantCulture);

    // As lengths of time are written in policies, whose longest unit is the hour.
    private static DateTimeOffset? Ago(string text, DateTimeOffset now)
    {
        (string length, int times) = text switch
        {
            [.. var count, 'd'] => ($"{count}h", HoursOfDay),
            [.. var count, 'w'] => ($"{count}h", HoursOfWeek),
            _ => (text, 1),
        };
        return NumberText.Read(length, UnitKind.Duration, out long usec) is null
            && usec / 1e6 * times < (now - DateTimeOffset.UnixEpoch).TotalSeconds
                ? now - (TimeSpan.FromMicroseconds(usec) * times)
                : null;
    }

    // Without a zone of its own it is meant as the clock on the wall shows it.
    private static DateTimeOffset? At(string text) =>
        DateTimeOffset.TryParseExact(
            text, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time)
            ? time
            : null;
}
