using System.Text.Json;

namespace PressureD.Cli.Incidents;

/// <summary>One of those who could have been the victim, and why it was not, or that it was.</summary>
internal sealed record IncidentCandidate(
    long Pid, string Comm, string Cgroup, long? SizeBytes, long OomScoreAdj, string Verdict, bool IsTaken)
{
    internal static IncidentCandidate Parse(JsonElement json) => new(
        IncidentDocument.Number(json, "pid") ?? 0,
        IncidentDocument.Name(json, "comm"),
        IncidentDocument.Name(json, "cgroup"),
        IncidentDocument.Number(json, "size_bytes"),
        IncidentDocument.Number(json, "oom_score_adj") ?? 0,
        IncidentDocument.Text(json, "verdict"),
        json.TryGetProperty("taken", out JsonElement taken) && taken.ValueKind == JsonValueKind.True);

    /// <summary>How it is called: "chrome (4711)", or the cgroup.</summary>
    internal string Name => Pid == 0 ? Cgroup : $"{Comm} ({Pid})";
}
