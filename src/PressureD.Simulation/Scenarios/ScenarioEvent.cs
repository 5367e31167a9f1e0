using System;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;

namespace PressureD.Simulation.Scenarios;

/// <summary>Something that happened, in the order of the run.</summary>
/// <param name="Usec">Since the beginning.</param>
/// <param name="Source">Who tells it.</param>
/// <param name="Kind">What the daemon tells; <see cref="DaemonEventKind.Log"/> for others.</param>
/// <param name="Rule">The rule behind it, or null.</param>
/// <param name="Cgroup">The cgroup it is about, or empty.</param>
/// <param name="Level">The level, for a change of level.</param>
/// <param name="Text">In words.</param>
public sealed record ScenarioEvent(
    long Usec,
    ScenarioSource Source,
    DaemonEventKind Kind,
    string? Rule,
    string Cgroup,
    PressureLevel Level,
    string Text)
{
    /// <summary>In a line for a terminal: whoever named a process must not steer it.</summary>
    public override string ToString() => $"{Stamp(Usec)} {Speaker,-9} {EscapedText.Of(Text)}";

    /// <summary>Who tells it, in a word.</summary>
    public string Speaker => Source switch
    {
        ScenarioSource.Daemon => "pressured",
        ScenarioSource.Kernel => "kernel",
        ScenarioSource.Recording => "recording",
        _ => "process",
    };

    /// <summary>Whether everybody in a cgroup is sent KILL, at once or after a grace.</summary>
    internal bool IsKillOfCgroup => Text.Contains(": KILL to cgroup ", StringComparison.Ordinal);

    /// <summary>A moment of the run: "  12.340 s".</summary>
    public static string Stamp(long usec) => $"{usec / 1_000_000,5}.{usec / 1000 % 1000:D3} s";
}
