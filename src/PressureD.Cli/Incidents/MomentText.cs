using System;
using System.Globalization;
using PressureD.Core.Policy.Expressions;

namespace PressureD.Cli.Incidents;

/// <summary>A moment, as people write it: how long ago, a day, or a time.</summary>
internal static class MomentText
{
    internal const string Expected =
        "expected how long ago ('90min', '2d', '2 days ago'), 'now', 'today', 'yesterday', 'yesterday 14:00', '14:00', "
        + "or a time such as '2026-03-01' or '2026-03-01 07:00'";

    private const string Date = "yyyy-MM-dd";
    private const int HoursOfDay = 24;
    private const int HoursOfWeek = 7 * HoursOfDay;

    // Years come first: what is a day to one reader and a month to another is not guessed.
    private static readonly string[] Times =
    [
        Date, $"{Date} HH:mm", $"{Date} HH:mm:ss", $"{Date}THH:mmK", $"{Date}THH:mm:ssK", $"{Date}THH:mm:ss.FFFFFFK",
    ];

    /// <summary>Reads it; null when it is none.</summary>
    internal static DateTimeOffset? Read(string text, DateTimeOffset now)
    {
        string words = text.Trim();
        string today = Day(now);
        string yesterday = Day(now.AddDays(-1));
        if (words == "now")
            return now;
        return Ago(words, now) ?? At(words switch
        {
            "today" => today,
            "yesterday" => yesterday,
            ['t', 'o', 'd', 'a', 'y', ' ', .. var time] => $"{today} {time.Trim()}",
            ['y', 'e', 's', 't', 'e', 'r', 'd', 'a', 'y', ' ', .. var time] => $"{yesterday} {time.Trim()}",
            _ => words,
        }) ?? At($"{today} {words}");
    }

    private static string Day(DateTimeOffset time) => time.ToString(Date, CultureInfo.InvariantCulture);

    private static DateTimeOffset? Ago(string text, DateTimeOffset now)
    {
        const string After = " ago";
        string length = text.EndsWith(After, StringComparison.Ordinal) ? text[..^After.Length].TrimEnd() : text;
        int digits = 0;
        while (digits < length.Length && (char.IsAsciiDigit(length[digits]) || length[digits] == '.'))
            digits++;
        if (Unit(length[digits..].Trim()) is not (string unit, int times))
            return null;
        return NumberText.Read(length[..digits] + unit, UnitKind.Duration, out long usec) is null
            && usec / 1e6 * times < (now - DateTimeOffset.UnixEpoch).TotalSeconds
                ? now - (TimeSpan.FromMicroseconds(usec) * times)
                : null;
    }

    // In the units of policies, whose longest is the hour. What "m" is to one reader and not to another is not guessed.
    private static (string Unit, int Times)? Unit(string word) => word switch
    {
        "ms" => ("ms", 1),
        "s" or "sec" or "second" or "seconds" => ("s", 1),
        "min" or "minute" or "minutes" => ("min", 1),
        "h" or "hour" or "hours" => ("h", 1),
        "d" or "day" or "days" => ("h", HoursOfDay),
        "w" or "week" or "weeks" => ("h", HoursOfWeek),
        _ => null,
    };

    // Without a zone of its own it is meant as the clock on the wall shows it.
    private static DateTimeOffset? At(string text) =>
        DateTimeOffset.TryParseExact(
            text, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time)
            ? time
            : null;
}
