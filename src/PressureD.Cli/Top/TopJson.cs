using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using PressureD.Cli.Commands;

namespace PressureD.Cli.Top;

/// <summary>
/// A sample for programs, in one line. "daemon" is null when it could not be asked, which "problem" explains.
/// </summary>
internal static class TopJson
{
    internal static string Render(TopSample sample, IReadOnlyList<CgroupRow> rows) => JsonOutput.RenderLine(writer =>
    {
        writer.WriteString(
            "time", sample.Time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        if (sample.Problem is null)
        {
            writer.WriteStartObject("daemon");
            StatusJson.Write(writer, sample.Status);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("daemon");
        }

        writer.WriteString("problem", sample.Problem);
        writer.WriteStartArray("next");
        foreach (NextVictim next in sample.Next)
        {
            writer.WriteStartObject();
            writer.WriteString("rule", next.Rule);
            writer.WriteVictim(next.Victim);
            writer.WriteNumber("age_usec", sample.NowUsec - next.SeenUsec);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("cgroups");
        foreach (CgroupRow row in rows)
            Write(writer, row);
        writer.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter writer, CgroupRow row)
    {
        writer.WriteStartObject();
        writer.WriteString("path", row.Path);
        writer.WriteBoolean("leaf", row.IsLeaf);
        writer.Write("memory_bytes", row.MemoryBytes);
        writer.Write("growth_bytes_per_second", row.GrowthBytesPerSecond);
        writer.Write("swap_bytes", row.SwapBytes);
        writer.Write("memory_some_avg10_percent", row.SomeMillionths / 10_000.0);
        writer.Write("memory_full_avg10_percent", row.FullMillionths / 10_000.0);
        writer.WriteEndObject();
    }
}
