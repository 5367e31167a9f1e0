namespace PressureD.Systemd.Bus;

/// <summary>One signal of the daemon; what it does not carry is null.</summary>
/// <param name="Name">Its name on the bus, or one of those below, by which the bus tells of the daemon itself.</param>
public sealed record BusSignal(string Name)
{
    /// <summary>The daemon is on the bus.</summary>
    public const string Appeared = "DaemonAppeared";

    /// <summary>It is no longer: it ended, or it crashed.</summary>
    public const string Vanished = "DaemonVanished";

    public string? Rule { get; init; }

    /// <summary>0: a cgroup as a whole.</summary>
    public ulong? Pid { get; init; }

    public string? Comm { get; init; }

    public string? Cgroup { get; init; }

    public ulong? FreedBytes { get; init; }

    public byte? Level { get; init; }

    /// <summary>How many rules the policy has.</summary>
    public ulong? Rules { get; init; }

    /// <summary>The number of an incident.</summary>
    public ulong? Incident { get; init; }

    /// <summary>What an incident came to, in one word.</summary>
    public string? Outcome { get; init; }

    /// <summary>The sentence for people.</summary>
    public string? Text { get; init; }
}
