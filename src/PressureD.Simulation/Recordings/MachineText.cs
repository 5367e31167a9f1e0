using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Recordings;

/// <summary>What a machine is, as a recording says it: a name and a value a line.</summary>
internal static class MachineText
{
    public static string Of(KernelFeatures features, string host, string release)
    {
        var text = new StringBuilder();
        Line("host", host);
        Line("release", release);
        Line("cgroups", features.Cgroups.ToString());
        Line("cgroup-mount", features.CgroupMount);
        Flag("psi", features.Psi);
        Flag("cgroup-kill", features.CgroupKill);
        Flag("process-handles", features.ProcessHandles);
        Flag("release-memory", features.ReleaseMemory);
        return text.ToString();

        void Line(string name, string value) => text.Append(name).Append(' ').Append(value).Append('\n');
        void Flag(string name, bool value) => Line(name, value ? "yes" : "no");
    }

    /// <summary>Name and value of each line; what a later version adds is there as well.</summary>
    public static Dictionary<string, string> Read(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0) values[line[..space]] = line[(space + 1)..];
        }

        return values;
    }
}
