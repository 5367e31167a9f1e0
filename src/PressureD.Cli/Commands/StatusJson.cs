using System.Collections.Generic;
using System.Text.Json;
using PressureD.Core.Policy;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>
/// The status for programs. "level": 0 normal, 50 low, 100 medium, 255 critical, to be compared as ranges.
/// "time_to_exhaustion_usec" is null also when memory is not shrinking.
/// </summary>
internal static class StatusJson
{
    internal static string Render(DaemonStatus status, IReadOnlyList<StandingLimit>? limits) =>
        JsonOutput.Render(writer =>
        {
            Write(writer, status);
            Write(writer, limits);
        });

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<StandingLimit>? limits)
    {
        if (limits is null)
        {
            writer.WriteNull("standing_limits");
            return;
        }

        writer.WriteStartArray("standing_limits");
        foreach (StandingLimit limit in limits)
        {
            writer.WriteStartObject();
            writer.WriteString("cgroup", limit.Cgroup.Length == 0 ? null : limit.Cgroup);
            writer.WriteString("file", limit.File);
            writer.WriteString("value", limit.Value);
            writer.WriteString("before", limit.Before);
            writer.WriteBoolean("set", limit.IsSet);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>The members, into an object that is open.</summary>
    internal static void Write(Utf8JsonWriter writer, DaemonStatus status)
    {
        writer.WriteString("version", status.Version);
        writer.WriteString("state", status.State);
        writer.Write("level", status.Level);
        writer.WriteString("level_name", status.Level is { } level ? PressureLevelName.Of((PressureLevel)level) : null);
        if (status.DryRun is { } dryRun)
        {
            writer.WriteBoolean("dry_run", dryRun);
        }
        else
        {
            writer.WriteNull("dry_run");
        }

        if (status.PolicyDiffers is { } differs)
        {
            writer.WriteBoolean("policy_differs", differs);
        }
        else
        {
            writer.WriteNull("policy_differs");
        }

        writer.WriteTime("paused_until_usec", status.PausedUntilUsec ?? 0);
        writer.WriteString("pause_reason", status.PausedUntilUsec is null or 0 ? null : status.PauseReason);
        writer.Write("memory_total_bytes", status.MemoryTotalBytes);
        writer.Write("memory_available_bytes", status.MemoryAvailableBytes);
        writer.Write("memory_available_user_percent", status.MemoryAvailableUserPercent);
        writer.Write("swap_total_bytes", status.SwapTotalBytes);
        writer.Write("swap_free_bytes", status.SwapFreeBytes);
        writer.Write("time_to_exhaustion_usec", status.TimeToExhaustionUsec);
        writer.Write("memory_some_avg10_percent", status.MemorySomeAvg10Percent);
        writer.Write("memory_full_avg10_percent", status.MemoryFullAvg10Percent);
        writer.Write("io_full_avg10_percent", status.IoFullAvg10Percent);
        writer.Write("kills", status.Kills);
        writer.WriteStartArray("degraded_reasons");
        foreach (string reason in status.DegradedReasons)
        {
            writer.WriteStringValue(reason);
        }

        writer.WriteEndArray();
    }
}
