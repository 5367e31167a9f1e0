using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>The status for programs.</summary>
internal static class StatusJson
{
    private const int Format = 1;

    // Written to a terminal or file, not into HTML.
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static string Render(DaemonStatus status)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WriteString("version", status.Version);
            writer.WriteString("state", status.State);
            Write(writer, "level", status.Level);
            writer.WriteString("level_name", status.Level is { } level ? PressureLevelName.Of(level) : null);
            Write(writer, "dry_run", status.DryRun);
            Write(writer, "policy_differs", status.PolicyDiffers);
            Write(writer, "memory_total_bytes", status.MemoryTotalBytes);
            Write(writer, "memory_available_bytes", status.MemoryAvailableBytes);
            Write(writer, "memory_available_user_percent", status.MemoryAvailableUserPercent);
            Write(writer, "swap_total_bytes", status.SwapTotalBytes);
            Write(writer, "swap_free_bytes", status.SwapFreeBytes);
            Write(writer, "time_to_exhaustion_usec", status.TimeToExhaustionUsec);
            Write(writer, "memory_some_avg10_percent", status.MemorySomeAvg10Percent);
            Write(writer, "memory_full_avg10_percent", status.MemoryFullAvg10Percent);
            Write(writer, "io_full_avg10_percent", status.IoFullAvg10Percent);
            Write(writer, "kills", status.Kills);
            writer.WriteStartArray("degraded_reasons");
            foreach (string reason in status.DegradedReasons)
            {
                writer.WriteStringValue(reason);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter writer, string name, bool? value)
    {
        if (value is { } flag)
        {
            writer.WriteBoolean(name, flag);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, ulong? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
