namespace PressureD.Systemd.Bus;

/// <summary>A limit that stands as the policy's swap section asks.</summary>
/// <param name="Cgroup">Whose, without a leading slash; empty for the machine.</param>
/// <param name="File">The control file, or a path of /proc.</param>
/// <param name="Value">What it is set to, as the file has it.</param>
/// <param name="Before">What it was before, and will be again when the daemon ends.</param>
/// <param name="IsSet">False in a dry run: it would be set, and is still what it was.</param>
public sealed record StandingLimit(string Cgroup, string File, string Value, string Before, bool IsSet);
