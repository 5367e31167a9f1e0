using System;
using System.Text.Json;
using PressureD.Cli.Commands;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Scenarios;

/// <summary>
/// A demonstration for programs: one JSON object a line, told apart by "type" (sample, event, end), and by "guarded"
/// whether it is of the run with the daemon.
/// </summary>
internal static class DemoJson
{
    private const int MiBShift = 20;

    internal static string Render(bool guarded, DemoRow row) => Render("sample", guarded, writer =>
    {
        writer.WriteNumber("usec", row.ElapsedUsec);
        writer.WriteNumber("available_bytes", row.AvailableMiB << MiBShift);
        writer.WriteNumber("culprit_bytes", row.CulpritMiB << MiBShift);
        writer.WriteNumber("cache_bytes", row.CacheMiB << MiBShift);
        writer.WriteNumber("swap_used_bytes", row.SwapUsedMiB << MiBShift);
        writer.WriteNumber("memory_some_avg10_hundredths", row.MemorySome10);
        writer.WriteNumber("memory_full_avg10_hundredths", row.MemoryFull10);
        writer.WriteNumber("io_some_avg10_hundredths", row.IoSome10);
        writer.WriteNumber("web_reads_per_second", row.WebReadsPerSecond);
        writer.WriteNumber("probe_late_usec", row.ProbeLateUsec);
    });

    internal static string Render(bool guarded, ScenarioEvent happened) =>
        Render("event", guarded, writer => SampleJson.Write(writer, happened));

    internal static string Render(bool guarded, DemoOutcome outcome) => Render("end", guarded, writer =>
    {
        writer.WriteStartArray("ended");
        foreach (SimulatedProcess process in outcome.Deaths)
        {
            writer.WriteStartObject();
            writer.WriteString("name", process.Comm);
            writer.WriteNumber("pid", process.Pid);
            writer.WriteNumber("signal", process.EndedBySignal);
            writer.WriteBoolean("by_kernel", process.KilledByKernel);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("kernel_kills", outcome.KernelKills.Count);
        writer.WriteNumber("least_available_bytes", outcome.LeastAvailableMiB << MiBShift);
        writer.WriteNumber("web_reads_permille", outcome.WebReadsPermille);
        writer.WriteNumber("longest_stall_usec", outcome.ProbeLongestStallUsec);
        writer.WriteNumber("total_stall_usec", outcome.ProbeTotalStallUsec);
        writer.WriteNumber("io_stall_usec", outcome.IoStallUsec);
    });

    private static string Render(string type, bool guarded, Action<Utf8JsonWriter> write) =>
        JsonOutput.RenderLine(writer =>
        {
            writer.WriteString("type", type);
            writer.WriteBoolean("guarded", guarded);
            write(writer);
        });
}
