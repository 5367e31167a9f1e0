using System.Collections.Immutable;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>The calls that can be made to fail, in the order of <see cref="Faults.KernelCallKind"/>.</summary>
internal static class CallNames
{
    public static ImmutableArray<string> All { get; } =
    [
        "open-file", "read", "open-directory", "list-directories", "write-control", "get-xattr", "set-xattr",
        "list-processes", "read-process", "open-process", "signal", "arm-trigger", "watch", "begin",
    ];
}
