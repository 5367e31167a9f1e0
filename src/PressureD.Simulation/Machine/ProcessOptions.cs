using System.Collections.Generic;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Machine;

/// <summary>A process at its start.</summary>
public sealed record ProcessOptions
{
    public string Comm { get; init; } = "process";

    /// <summary>Arguments; empty stands for the comm alone.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>NAME=value of its environment.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The program's path; empty stands for /usr/bin/ and the comm.</summary>
    public string Exe { get; init; } = "";

    /// <summary>The cgroup's path from the root, which exists: "/" or "/a/b".</summary>
    public string Cgroup { get; init; } = "/";

    /// <summary>The pid to take, or 0 for the next one.</summary>
    public int Pid { get; init; }

    public int ParentPid { get; init; } = 1;

    /// <summary>The session, or 0 for a session of its own.</summary>
    public int SessionPid { get; init; }

    /// <summary>The process group, or 0 for a group of its own.</summary>
    public int GroupPid { get; init; }

    public int Uid { get; init; }

    /// <summary>−1000 (never a victim) to 1000.</summary>
    public int OomScoreAdj { get; init; }

    public bool KernelThread { get; init; }

    /// <summary>Private memory that it holds and never uses again.</summary>
    public long AnonBytes { get; init; }

    /// <summary>Program text and mapped files: whoever does something goes through them, a little at a time.</summary>
    public long FileBytes { get; init; }

    /// <summary>Shared memory that it holds; its death does not free it.</summary>
    public long ShmemBytes { get; init; }

    /// <summary>Private memory that is on swap from the start.</summary>
    public long SwappedBytes { get; init; }

    /// <summary>
    /// Its kernel stack; 0 for what the machine's own <see cref="MachineOptions.KernelBytes"/> hold already.
    /// </summary>
    public long StackBytes { get; init; }

    /// <summary>Ignores SIGTERM (and SIGHUP and SIGINT).</summary>
    public bool IgnoresTerm { get; init; }

    /// <summary>
    /// Its main thread has ended, and another goes on: a zombie by its own files, which show no memory.
    /// </summary>
    public bool Leaderless { get; init; }

    /// <summary>From SIGTERM to the beginning of its exit.</summary>
    public long TermLatencyUsec { get; init; } = 2_000;

    /// <summary>Extra cost of freeing each MiB at exit, beyond the machine's own.</summary>
    public long ExitUsecPerMiB { get; init; }

    /// <summary>Its parent reaps it when it has ended; without, it stays a zombie.</summary>
    public bool ParentReaps { get; init; } = true;

    /// <summary>What it does, or null: it sleeps.</summary>
    public Workload? Workload { get; init; }
}
