using System;
using PressureD.Core.Services;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Services;

/// <summary>A unit that a simulated service manager knows.</summary>
/// <param name="name">Its full name.</param>
/// <param name="cgroup">Its cgroup, with a leading slash.</param>
public sealed class SimulatedUnit(string name, string cgroup)
{
    public string Name { get; } = name;

    public bool IsActive { get; set; } = true;

    /// <summary>Until its processes are gone. Microseconds.</summary>
    public long StopUsec { get; init; } = 100_000;

    /// <summary>From then until it is started again. Microseconds.</summary>
    public long StartUsec { get; init; } = 100_000;

    /// <summary>How its jobs end.</summary>
    public ServiceJobResult Result { get; init; } = ServiceJobResult.Done;

    /// <summary>Starts its processes again.</summary>
    public Action? OnStart { get; init; }

    /// <summary>With a leading slash.</summary>
    public string Cgroup { get; } = cgroup;

    internal bool Holds(SimulatedProcess process) =>
        process.Cgroup.Path == Cgroup || process.Cgroup.Path.StartsWith(Cgroup + "/", StringComparison.Ordinal);
}
