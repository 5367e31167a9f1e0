using System;
using System.Collections.Generic;
using System.Globalization;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Recordings;
using PressureD.Simulation.Script;

namespace PressureD.Simulation.Scenarios;

/// <summary>A scenario set up on a machine of its own: who is who there.</summary>
public sealed class ScenarioStage
{
    /// <summary>With another seed than the scenario's own, processes start up to so much later.</summary>
    private const long MostJitterUsec = 1_000_000;

    private readonly Dictionary<SimulatedProcess, string> _names = [];
    private readonly List<SimulatedProcess> _processes = [];
    private readonly List<SimulatedProcess> _living = [];
    private readonly List<(string Cgroup, string File, string Value, string Place)> _firstWrites = [];
    private readonly List<ScenarioFailure> _refused = [];
    private readonly bool _isSetUp;

    /// <param name="scenario">What is set up.</param>
    /// <param name="seed">What its pseudo-random choices follow from; with another than the scenario's own,
    /// processes start up to a second later.</param>
    public ScenarioStage(Scenario scenario, ulong seed)
    {
        var machine = scenario.Machine with { Seed = seed };
        var scripted = new ScriptedMachine(machine, scenario.Daemon with
        {
            Faults = scenario.Faults.Plan(machine.StartUsec),
            Files = new ScriptedFiles(),
        });
        foreach (var cgroup in scenario.Cgroups) scripted.At(0).Do(_ => Make(scripted.Machine, cgroup));
        var jitter = seed == scenario.Machine.Seed ? null : new SeededSequence(seed, "starts");
        foreach (var process in scenario.Processes)
        {
            for (var index = 0; index < process.Count; index++)
            {
                var number = index + 1;
                var lateUsec = jitter?.Below(MostJitterUsec) ?? 0;
                scripted.At(process.StartUsec + (index * process.EveryUsec) + lateUsec);
                scripted.Do(there => Start(there, process, number));
            }
        }

        foreach (var act in scenario.Script) act(this, scripted);
        Kernel = scripted.Build();
        Replayed?.Attach(Kernel);
        foreach (var cgroup in scenario.Cgroups) Write(cgroup);
        _isSetUp = true;
        foreach (var (cgroup, file, value, place) in _firstWrites) WriteAsOwner(cgroup, file, value, place);
        if (scenario.Faults.Stuck.Count > 0)
        {
            var drawn = Machine.StickVictim;
            Machine.StickVictim = victim => long.Max(drawn?.Invoke(victim) ?? 0, StickUsec(scenario, victim));
        }
    }

    /// <summary>What the daemon works on.</summary>
    public SimulatedKernel Kernel { get; }

    public SimulatedMachine Machine => Kernel.Machine;

    /// <summary>The scenario's processes that have started, in order.</summary>
    public IReadOnlyList<SimulatedProcess> Processes => _processes;

    /// <summary>The recording whose figures this machine shows, or null.</summary>
    internal RecordingPlayer? Replayed { get; set; }

    /// <summary>Those that have not ended yet, as far as that was noticed.</summary>
    internal List<SimulatedProcess> Living => _living;

    /// <summary>What the script does and the machine did not take, so far.</summary>
    public IReadOnlyList<ScenarioFailure> Refused => _refused;

    /// <summary>What the scenario calls a process, or its comm when it is none of the scenario's.</summary>
    public string NameOf(SimulatedProcess process) => _names.GetValueOrDefault(process, process.Comm);

    /// <summary>The processes of a name that have started.</summary>
    public IEnumerable<SimulatedProcess> Called(string name)
    {
        foreach (var process in _processes)
            if (_names[process] == name) yield return process;
    }

    /// <summary>
    /// Writes a control file as the machine's owner does; at the very beginning, as soon as the cgroups have the values
    /// that they start with.
    /// </summary>
    /// <param name="cgroup">The cgroup's path.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="value">What is written.</param>
    /// <param name="place">Where the scenario says so.</param>
    internal void WriteAsOwner(string cgroup, string file, string value, string place)
    {
        if (!_isSetUp)
        {
            _firstWrites.Add((cgroup, file, value, place));
            return;
        }

        // EAGAIN of memory.reclaim: it has begun, and not all was found.
        var error = Kernel.WriteAsOwner(cgroup, file, value);
        if (error is 0 or -Errno.EAGAIN) return;
        if (Machine.FindCgroup(cgroup) is null) RefuseAbsent(Machine, cgroup, $"to write {file} in", place);
        else if (error == -Errno.ENOENT) Refuse(Machine, $"{place}: there is no {file} in {cgroup} on this kernel");
        else Refuse(Machine, $"{place}: {file} of {cgroup} does not take {Quoted.Of(value)}");
    }

    /// <summary>Removes a cgroup as the machine's owner does.</summary>
    /// <param name="machine">On which it is.</param>
    /// <param name="path">Its path.</param>
    /// <param name="place">Where the scenario says so.</param>
    internal void Remove(SimulatedMachine machine, string path, string place)
    {
        if (machine.FindCgroup(path) is not { } cgroup) RefuseAbsent(machine, path, "to remove", place);
        else if (cgroup.Children.Count > 0)
            Refuse(machine, $"{place}: {path} cannot be removed, there is {cgroup.Children[0].Path} below it");
        else if (machine.RemoveCgroup(cgroup) < 0)
            Refuse(machine, $"{place}: {path} cannot be removed, there are processes in it");
    }

    private void RefuseAbsent(SimulatedMachine machine, string path, string purpose, string place)
    {
        var there = new List<string>();
        foreach (var cgroup in machine.Cgroups)
            if (!cgroup.IsRoot) there.Add(cgroup.Path);
        Refuse(machine, $"{place}: there is no cgroup {path} {purpose}{Suggestion.DidYouMean(path, there)}");
    }

    private void Refuse(SimulatedMachine machine, string text) => _refused.Add(
        new ScenarioFailure($"script: at {QuantityText.Duration(machine.ElapsedUsec)}, {text}", machine.ElapsedUsec)
        {
            IsBroken = true,
        });

    private static void Make(SimulatedMachine machine, ScenarioCgroup cgroup)
    {
        var made = machine.MakeCgroup(cgroup.Path);
        foreach (var (name, value) in cgroup.Attributes)
            made.Attributes[name] = System.Text.Encoding.UTF8.GetBytes(value);
    }

    private void Write(ScenarioCgroup cgroup)
    {
        foreach (var (file, value) in cgroup.Values)
        {
            var error = Kernel.WriteAsOwner(cgroup.Path, file, value);
            if (error < 0)
                throw new ArgumentException($"{cgroup.Path}/{file} does not take {value}: {Errno.Name(error)}.");
        }
    }

    private void Start(SimulatedMachine machine, ScenarioProcess process, int number)
    {
        var options = process.Options;
        var cgroup = Numbered(options.Cgroup, number);
        machine.MakeCgroup(cgroup);
        var started = machine.Start(options with
        {
            Comm = Numbered(options.Comm, number),
            Cgroup = cgroup,
            Workload = process.Work?.Invoke(),
        });
        _names.Add(started, process.Name);
        _processes.Add(started);
        _living.Add(started);
    }

    private static string Numbered(string text, int number) =>
        text.Replace("{n}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private long StickUsec(Scenario scenario, SimulatedProcess victim)
    {
        foreach (var (name, usec) in scenario.Faults.Stuck)
            if (_names.GetValueOrDefault(victim) == name) return usec;
        return 0;
    }
}
