using System;
using System.Text.Json;
using PressureD.Cli.Commands;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Scenarios;

/// <summary>A run for programs: one JSON object a line, told apart by "type": sample, event, end.</summary>
internal static class SampleJson
{
    /// <param name="row">The machine at a moment.</param>
    /// <param name="policy">By which it is run, where others are run as well.</param>
    internal static string Render(ScenarioRow row, string? policy = null) => Render("sample", writer =>
    {
        WritePolicy(writer, policy);
        writer.WriteNumber("usec", row.Usec);
        writer.WriteNumber("total_bytes", row.TotalBytes);
        writer.WriteNumber("available_bytes", row.AvailableBytes);
        writer.WriteNumber("free_bytes", row.FreeBytes);
        writer.WriteNumber("anon_bytes", row.AnonBytes);
        writer.WriteNumber("cache_bytes", row.CacheBytes);
        writer.WriteNumber("shmem_bytes", row.ShmemBytes);
        writer.WriteNumber("dirty_bytes", row.DirtyBytes);
        writer.WriteNumber("locked_bytes", row.LockedBytes);
        writer.WriteNumber("swap_used_bytes", row.SwapUsedBytes);
        writer.WriteNumber("swap_total_bytes", row.SwapTotalBytes);
        writer.WriteNumber("memory_some_avg10_hundredths", row.MemorySome10);
        writer.WriteNumber("memory_full_avg10_hundredths", row.MemoryFull10);
        writer.WriteNumber("io_some_avg10_hundredths", row.IoSome10);
        writer.WriteNumber("io_full_avg10_hundredths", row.IoFull10);
        if (row.ProbeLateUsec >= 0)
        {
            writer.WriteNumber("probe_late_usec", row.ProbeLateUsec);
        }

        writer.WriteStartArray("cgroups");
        foreach (ScenarioCgroupRow cgroup in row.Cgroups)
        {
            writer.WriteStartObject();
            writer.WriteString("path", cgroup.Path);
            writer.WriteNumber("current_bytes", cgroup.CurrentBytes);
            writer.WriteNumber("swap_bytes", cgroup.SwapBytes);
            writer.WriteNumber("memory_some_avg10_hundredths", cgroup.MemorySome10);
            writer.WriteNumber("memory_full_avg10_hundredths", cgroup.MemoryFull10);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    /// <param name="happened">What happened.</param>
    /// <param name="policy">By which it is run, where others are run as well.</param>
    internal static string Render(ScenarioEvent happened, string? policy = null) => Render("event", writer =>
    {
        WritePolicy(writer, policy);
        Write(writer, happened);
    });

    internal static void Write(Utf8JsonWriter writer, ScenarioEvent happened)
    {
        writer.WriteNumber("usec", happened.Usec);
        writer.WriteString("source", happened.Speaker);
        writer.WriteString("kind", happened.Kind.ToString());
        writer.WriteString("rule", happened.Rule);
        writer.WriteString("cgroup", happened.Cgroup);
        writer.WriteString("text", happened.Text);
    }

    internal static string Render(ScenarioReport report) => Render("end", writer =>
    {
        ScenarioOutcome outcome = report.Outcome;
        writer.WriteString("policy", report.Policy);
        writer.WriteStartArray("victims");
        foreach (ScenarioVictim victim in outcome.Victims)
        {
            writer.WriteStartObject();
            writer.WriteString("name", victim.Name);
            writer.WriteNumber("pid", victim.Process.Pid);
            writer.WriteString("cgroup", victim.Cgroup);
            writer.WriteString("rule", victim.Rule);
            writer.WriteNumber("signal_usec", victim.SignalUsec);
            writer.WriteNumber("signal", victim.Signal);
            writer.WriteNumber("last_signal", victim.LastSignal);
            writer.WriteNumber("held_bytes", victim.HeldBytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("kernel_kills", outcome.KernelKills.Count);
        writer.WriteNumber("least_available_bytes", outcome.LeastAvailableBytes);
        writer.Write("longest_stall_usec", outcome.LongestStallUsec);
        writer.Write("total_stall_usec", outcome.TotalStallUsec);
        writer.WriteNumber("lost_bytes", outcome.LostBytes);
        writer.WriteNumber("steps", outcome.Steps);
        writer.WriteStartArray("problems");
        foreach (ScenarioFailure failure in report.Failures)
        {
            writer.WriteStringValue(failure.Text);
        }

        writer.WriteEndArray();
    });

    private static void WritePolicy(Utf8JsonWriter writer, string? policy)
    {
        if (policy is not null)
        {
            writer.WriteString("policy", policy);
        }
    }

    private static string Render(string type, Action<Utf8JsonWriter> write) => JsonOutput.RenderLine(writer =>
    {
        writer.WriteString("type", type);
        write(writer);
    });
}
