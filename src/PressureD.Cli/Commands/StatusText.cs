using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Policy;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>The status for people.</summary>
internal static class StatusText
{
    private const int LabelWidth = 14;
    private const int MostLimits = 8;

    /// <summary>The status.</summary>
    /// <param name="status">What the daemon's properties are.</param>
    /// <param name="limits">What stands as its policy's swap section asks; null when that is not known.</param>
    internal static string Render(DaemonStatus status, IReadOnlyList<StandingLimit>? limits)
    {
        StringBuilder text = new();
        text.Append(Title(status)).Append('\n');
        if (status.DryRun == true)
        {
            Line(text, "dry run", "actions are only said, not done");
        }

        if (status.PausedUntilUsec is > 0 && status.PauseReason is { Length: > 0 } reasonOfPause)
        {
            Line(text, "paused for", reasonOfPause);
        }

        Line(text, "memory", Memory(status));
        Line(text, "swap", Swap(status));
        string exhaustion = Exhaustion(status);
        Line(text, "exhaustion", status.TimeToExhaustionUsec is null
            ? exhaustion
            : $"{exhaustion}, as memory is shrinking now");
        Line(
            text,
            "stalled",
            $"some waited for memory {Percent(status.MemorySomeAvg10Percent)} of the last 10 s, "
            + $"all {Percent(status.MemoryFullAvg10Percent)}; all for io {Percent(status.IoFullAvg10Percent)}");
        Line(text, "killed", status.Kills is { } kills
            ? string.Create(CultureInfo.InvariantCulture, $"{kills} since the daemon started")
            : "unknown");
        AppendLimits(text, limits);
        if (status.PolicyDiffers == true)
        {
            Line(text, "policy", "the files on disk differ from what runs: pressurectl check says what they mean, "
                + "systemctl reload pressured applies them");
        }

        string label = "degraded";
        foreach (string reason in status.DegradedReasons)
        {
            Line(text, label, reason);
            label = "";
        }

        return text.ToString();
    }

    private static void AppendLimits(StringBuilder text, IReadOnlyList<StandingLimit>? limits)
    {
        if (limits is null)
        {
            Line(text, "limits", "not known: the daemon has not told what its swap section has set");
            return;
        }

        string label = "limits";
        foreach (StandingLimit limit in limits.Take(MostLimits))
        {
            string where = limit.Cgroup.Length == 0 ? "" : $" of {NameText.OfCgroup(limit.Cgroup)}";
            string values = limit.IsSet
                ? $"is {LimitValue(limit, limit.Value)}, was {LimitValue(limit, limit.Before)}"
                : $"would be {LimitValue(limit, limit.Value)}, is {LimitValue(limit, limit.Before)}";
            Line(text, label, $"{NameText.Of(limit.File)}{where} {values}");
            label = "";
        }

        if (limits.Count > MostLimits)
            Line(text, label, $"and {limits.Count - MostLimits} more: pressurectl status --json");
    }

    /// <summary>Sizes with a unit; what else a file may have, as it is.</summary>
    private static string LimitValue(StandingLimit limit, string value) =>
        limit.File is "memory.swap.max" or "memory.swap.high" or "memory.zswap.max"
            && ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong bytes)
            ? Bytes(bytes)
            : NameText.Of(value);

    internal static string Title(DaemonStatus status) =>
        $"pressured {status.Version}: {Explain(status.State)}; pressure is {Level(status)}";

    /// <summary>The same in few words, for one line of a terminal.</summary>
    internal static string ShortTitle(DaemonStatus status)
    {
        string dryRun = status.DryRun == true ? " (dry run)" : "";
        return $"pressured {status.Version}: {status.State ?? "unknown"}{dryRun}; pressure {Level(status)}";
    }

    internal static string Memory(DaemonStatus status) =>
        $"{Bytes(status.MemoryAvailableBytes)} of {Bytes(status.MemoryTotalBytes)} available, "
        + $"{Percent(status.MemoryAvailableUserPercent)} of what programs can have";

    internal static string Swap(DaemonStatus status) => status.SwapTotalBytes == 0
        ? "none"
        : $"{Bytes(status.SwapFreeBytes)} of {Bytes(status.SwapTotalBytes)} free";

    internal static string Exhaustion(DaemonStatus status) =>
        status.TimeToExhaustionUsec is { } usec ? $"in {Duration(usec)}" : "not in sight";

    private static string Level(DaemonStatus status) =>
        status.Level is { } number ? PressureLevelName.Of((PressureLevel)number) : "unknown";

    private static string Explain(string? state) => state switch
    {
        "starting" => "starting, not guarding yet",
        "guarding" => "guarding",
        "degraded" => "guarding with less than the policy asks for",
        "paused" => "paused, watching but not acting",
        "stopping" => "stopping",
        _ => state ?? "unknown",
    };

    private static void Line(StringBuilder text, string label, string value) =>
        text.Append("  ").Append(label.PadRight(LabelWidth)).Append(value).Append('\n');

    private static string Bytes(ulong? value) => Format(value, static (text, number) => text.AppendBytes(number));

    private static string Duration(ulong value) => Format(value, static (text, number) => text.AppendDuration(number));

    private static string Format(ulong? value, Action<TextBuffer, long> append)
    {
        TextBuffer text = new(64);
        append(text, value is { } number && number < long.MaxValue ? (long)number : Quantity.Unknown);
        return text.ToString();
    }

    internal static string Percent(double? value) =>
        value is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number:0.0}%") : "unknown";
}
