using System.Text.Json;

namespace PressureD.Cli.Incidents;

/// <summary>One thing that was done, or not, in an incident.</summary>
internal sealed record IncidentAct(
    long AfterUsec,
    string Kind,
    string Text,
    bool DryRun,
    long Pid,
    string Comm,
    string Cgroup,
    long? ExpectedBytes,
    long? FreedBytes,
    long? TookUsec)
{
    internal static IncidentAct Parse(JsonElement json) => new(
        IncidentDocument.Number(json, "after_usec") ?? 0,
        IncidentDocument.Text(json, "kind"),
        IncidentDocument.Text(json, "text"),
        json.TryGetProperty("dry_run", out JsonElement dryRun) && dryRun.ValueKind == JsonValueKind.True,
        IncidentDocument.Number(json, "pid") ?? 0,
        IncidentDocument.Name(json, "comm"),
        IncidentDocument.Name(json, "cgroup"),
        IncidentDocument.Number(json, "expected_bytes"),
        IncidentDocument.Number(json, "freed_bytes"),
        IncidentDocument.Number(json, "took_usec"));
}
