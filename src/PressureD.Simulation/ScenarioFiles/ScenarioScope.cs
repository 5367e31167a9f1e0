using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Recordings;
using PressureD.Yaml.Policies;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>What script, faults and expectations of a scenario may speak of.</summary>
internal sealed class ScenarioScope
{
    private SimulatedKernel? _scratch;

    /// <summary>Names of the scenario's processes.</summary>
    public required ICollection<string> Names { get; init; }

    /// <summary>Those of probes.</summary>
    public required ICollection<string> Probes { get; init; }

    public required KnownCgroups Cgroups { get; init; }

    public required MachineOptions Machine { get; init; }

    /// <summary>When the scenario ends; <see cref="long.MaxValue"/> when that is not known.</summary>
    public required long EndUsec { get; init; }

    /// <summary>Where the machine has cgroups.</summary>
    public string Mount => Machine.Profile.CgroupMount;

    /// <summary>The absolute path of a control file.</summary>
    public string PathOf(string cgroup, string file) => $"{Mount}{(cgroup == "/" ? "" : cgroup)}/{file}";

    /// <summary>Complains of a cgroup that the machine never has.</summary>
    public void CheckCgroup(Fields fields, string path, SourcePosition at)
    {
        if (!Cgroups.Has(path))
            fields.Fail(at, $"nothing makes the cgroup '{path[1..]}', expected one of a process, of 'cgroups' or of "
                + $"'make-cgroup'{Cgroups.DidYouMean(path)}");
    }

    /// <summary>Complains of a control file that no kernel has.</summary>
    public static void CheckFile(Fields fields, string file, SourcePosition at)
    {
        if (!KernelNames.IsControlFile(file))
            fields.Fail(at, $"a cgroup has no file {Quoted.Of(file)}"
                + Suggestion.DidYouMean(file, KernelNames.ControlFiles));
    }

    /// <summary>
    /// Complains of a path that leads to nothing. Of /sys the daemon reads what devices have, which may be anything.
    /// </summary>
    public void CheckPath(Fields fields, string path, SourcePosition at)
    {
        var slash = path.LastIndexOf('/');
        if (path.StartsWith(Mount + "/", StringComparison.Ordinal))
        {
            CheckCgroup(fields, slash > Mount.Length ? path[Mount.Length..slash] : "/", at);
            CheckFile(fields, path[(slash + 1)..], at);
            return;
        }

        if (!path.StartsWith("/proc/", StringComparison.Ordinal)) return;
        foreach (var known in KernelNames.ProcFiles)
            if (known == path) return;
        var isProcess = RecordedFiles.PidOf(path) > 0;
        if (isProcess && (path.AsSpan(6).Count('/') > 1 || KernelNames.IsProcessFile(path[(slash + 1)..]))) return;
        fields.Fail(at, $"nobody reads {Quoted.Of(path)}"
            + (isProcess ? "" : Suggestion.DidYouMean(path, KernelNames.ProcFiles)));
    }

    /// <summary>
    /// Whether this kernel's file would refuse a value whatever the machine is like. Of a file that it does not have
    /// nothing is known here.
    /// </summary>
    public bool Refuses(string file, string value)
    {
        const string anywhere = "/any";
        if (_scratch is null)
        {
            _scratch = new SimulatedKernel(new SimulatedMachine(new MachineOptions { Profile = Machine.Profile }));
            _scratch.Machine.MakeCgroup(anywhere);
        }

        return _scratch.WriteAsOwner(anywhere, file, value) is -Errno.EINVAL or -Errno.ERANGE;
    }
}
