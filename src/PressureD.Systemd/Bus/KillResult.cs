namespace PressureD.Systemd.Bus;

/// <summary>What came of a kill that was asked for.</summary>
/// <param name="IsSignalled">Whether the victim was signalled; false in a dry run.</param>
/// <param name="Pid">The process; 0 for a cgroup.</param>
/// <param name="Comm">What the process is called; empty for a cgroup.</param>
/// <param name="Cgroup">The cgroup that the victim is, or is in.</param>
/// <param name="ExpectedBytes">What its death should free.</param>
/// <param name="Incident">The incident that tells what comes of it; 0 when there is none.</param>
/// <param name="Text">What was done, or would be, in a sentence.</param>
public sealed record KillResult(
    bool IsSignalled,
    uint Pid,
    string Comm,
    string Cgroup,
    ulong ExpectedBytes,
    ulong Incident,
    string Text);
