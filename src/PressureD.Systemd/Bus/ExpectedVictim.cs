namespace PressureD.Systemd.Bus;

/// <summary>Whom a rule would end.</summary>
/// <param name="Pid">The process; 0 for a cgroup as a whole.</param>
/// <param name="Comm">The kernel's name of the process; empty for a cgroup.</param>
/// <param name="Cgroup">The cgroup that it is, or is in, without a leading slash.</param>
/// <param name="Bytes">What its death should free.</param>
public sealed record ExpectedVictim(uint Pid, string Comm, string Cgroup, ulong Bytes);
