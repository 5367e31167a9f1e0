using System;
using System.Collections.Generic;
using System.Globalization;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Fuzz;

/// <summary>
/// Counts the daemon's calls; and has services end and start again between two calls of an act: their processes have
/// gone, their cgroup is another one of the same name, and somebody new is in it.
/// </summary>
/// <param name="inner">What else goes wrong.</param>
/// <param name="seed">What the moments follow from.</param>
/// <param name="oneIn">Once in so many calls of an act, on average; 0: never.</param>
/// <param name="untilUsec">Until when, since the beginning.</param>
internal sealed class FuzzFaults(IFaultPlan inner, ulong seed, long oneIn, long untilUsec) : IFaultPlan
{
    private const int MostRecreated = 12;

    private readonly SeededSequence _draws = new(seed, "fuzz-recreated");
    private readonly HashSet<SimulatedProcess> _newcomers = [];
    private int _recreated;

    /// <summary>The machine, as soon as there is one.</summary>
    public SimulatedMachine? Machine { get; set; }

    /// <summary>How many calls there were so far.</summary>
    public long Calls { get; private set; }

    /// <inheritdoc/>
    public Fault OnCall(in KernelCall call)
    {
        Calls++;
        if (_newcomers.Count > 0) NoteLook(call);
        if (IsOfAnAct(call.Kind) && Machine is { } machine && machine.ElapsedUsec < untilUsec
            && _recreated < MostRecreated && _draws.OnceIn(oneIn)
            && CgroupOf(machine, call.Path) is { } cgroup)
        {
            Recreate(machine, cgroup);
        }

        return inner.OnCall(call);
    }

    /// <inheritdoc/>
    public WakeFault OnWake(long nowUsec) => inner.OnWake(nowUsec);

    /// <inheritdoc/>
    public long StickUsec(SimulatedProcess victim) => inner.StickUsec(victim);

    /// <summary>
    /// Whether a process has come in this step into the place of another, and its size has not been looked at since:
    /// no choice was of it.
    /// </summary>
    public bool IsNewcomer(SimulatedProcess process) => _newcomers.Contains(process);

    /// <summary>The daemon has stepped: from now on whoever is there can be chosen.</summary>
    public void NoteStep() => _newcomers.Clear();

    // Every choice begins with sizes, and no act reads them: what an act examines once more, of whoever has the name by
    // then, is none of these. A cgroup that is gone cannot have a file opened, so it is the new one's.
    private void NoteLook(in KernelCall call)
    {
        var path = call.Path;
        if (call.Kind == KernelCallKind.ReadProcess)
            _newcomers.RemoveWhere(process => path == $"/proc/{process.Pid}/statm");
        else if (call.Kind == KernelCallKind.OpenFile && path.EndsWith("/memory.stat", StringComparison.Ordinal))
            _newcomers.RemoveWhere(process => OfFile(Machine!, path) == process.Cgroup);
    }

    private static bool IsOfAnAct(KernelCallKind kind) => kind is KernelCallKind.OpenProcess or KernelCallKind.Signal
        or KernelCallKind.WriteControl or KernelCallKind.SetXattr or KernelCallKind.Begin;

    private static SimulatedCgroup? CgroupOf(SimulatedMachine machine, string path)
    {
        var cgroup = path.StartsWith("/proc/", StringComparison.Ordinal)
            ? OfProcess(machine, path["/proc/".Length..])
            : OfFile(machine, path);
        var isService = cgroup is { Children.Count: 0 }
            && cgroup.Path.StartsWith("/app.slice/p", StringComparison.Ordinal);
        return isService ? cgroup : null;
    }

    private static SimulatedCgroup? OfProcess(SimulatedMachine machine, string text)
    {
        var end = text.IndexOf('/', StringComparison.Ordinal);
        var digits = end < 0 ? text : text[..end];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            ? machine.FindProcess(pid)?.Cgroup : null;
    }

    private static SimulatedCgroup? OfFile(SimulatedMachine machine, string path)
    {
        var mount = machine.Options.Profile.CgroupMount;
        var end = path.LastIndexOf('/');
        return path.StartsWith(mount + "/", StringComparison.Ordinal) && end > mount.Length
            ? machine.FindCgroup(path[mount.Length..end]) : null;
    }

    private void Recreate(SimulatedMachine machine, SimulatedCgroup cgroup)
    {
        SimulatedProcess[] members = [.. cgroup.Processes];
        foreach (var process in members) machine.EndAtOnce(process);
        if (machine.RemoveCgroup(cgroup) < 0) return;
        var made = machine.MakeCgroup(cgroup.Path);
        _recreated++;
        _newcomers.Add(machine.Start(new ProcessOptions { Comm = "newcomer", Cgroup = made.Path }));
    }
}
