using System;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Kernel;

/// <summary>A control file: where it exists, what it says, and what it takes.</summary>
/// <param name="Name">Its name in the directory.</param>
/// <param name="OnRoot">Whether the root cgroup has it.</param>
/// <param name="Render">Its content, or null: reading answers EINVAL.</param>
/// <param name="Write">Takes a value and answers 0 or a negative errno, or null: writing answers EINVAL.</param>
internal sealed record CgroupFile(
    string Name,
    bool OnRoot,
    Action<SimulatedCgroup, ByteText>? Render,
    Func<SimulatedCgroup, string, int>? Write);
