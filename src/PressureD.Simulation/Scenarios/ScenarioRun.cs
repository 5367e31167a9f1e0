using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Scenarios;

/// <summary>
/// One run of a scenario: the daemon's own loop on the scenario's machine, or the kernel alone. The same scenario,
/// policy and seed give the same bytes.
/// </summary>
public sealed class ScenarioRun : IIncidentShelf
{
    /// <summary>From the death of a daemon to the next one: RestartSec=1 and its start.</summary>
    private const long RestartUsec = 1_200_000;

    private const long StepUsec = 1_000;

    /// <summary>So long after the KILL of a cgroup another one in it belongs to it.</summary>
    private const long SweepUsec = 2_000_000;

    private readonly Scenario _scenario;
    private readonly PolicySet? _policy;
    private readonly ScenarioStage _stage;
    private readonly List<ScenarioRow> _rows = [];
    private readonly List<ScenarioEvent> _events = [];
    private readonly List<ScenarioVictim> _victims = [];

    /// <summary>Cgroups that got KILL and have not been said to be dead, with the rule.</summary>
    private readonly Dictionary<string, (string Rule, long Usec)> _ending = [];

    private readonly List<SimulatedProcess> _deaths = [];
    private readonly List<ScenarioTouch> _touched = [];
    private readonly List<string?> _contents = [];
    private readonly SimulatedRunStore _store = new(SimulatedDaemon.StoreBytes);
    private readonly AllocationMeter _meter = new();
    private readonly ScriptedFigures _scripted;
    private readonly long[] _overUsec;
    private long _nextRowUsec;
    private long _leastAvailableBytes = long.MaxValue;
    private long? _firstActUsec;
    private long _steps;
    private int _kernelKillsTold;

    /// <param name="scenario">What happens.</param>
    /// <param name="policy">By what the daemon acts; null: the kernel alone.</param>
    /// <param name="seed">What pseudo-random choices follow from; null: the scenario's own.</param>
    public ScenarioRun(Scenario scenario, PolicySet? policy, ulong? seed = null)
    {
        _scenario = scenario;
        _policy = policy;
        _stage = new ScenarioStage(scenario, seed ?? scenario.Machine.Seed);
        if (_stage.Replayed is { } replayed) replayed.Tell = text => Tell(ScenarioSource.Recording, text);
        _stage.Kernel.Acted = Note + _stage.Kernel.Acted;
        _scripted = new ScriptedFigures(_stage.Kernel);
        foreach (var _ in scenario.Expect.Contents) _contents.Add(null);
        _overUsec = new long[scenario.Expect.Stalls.Count];
        Array.Fill(_overUsec, ScenarioFailure.Nowhere);
        _stage.Machine.Ticked = Observe;
    }

    /// <summary>From one row of the timeline to the next.</summary>
    public long RowUsec { get; init; } = 1_000_000;

    /// <summary>Takes each row as it comes.</summary>
    public Action<ScenarioRow>? TakeRow { get; init; }

    /// <summary>Takes each event as it comes.</summary>
    public Action<ScenarioEvent>? TakeEvent { get; init; }

    /// <summary>Takes whatever the daemon does to the machine, when it does it.</summary>
    public Action<KernelAct>? TakeAct { get; init; }

    /// <summary>Ends the run in the middle, between two ticks: <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Ending { get; init; }

    /// <summary>Looks at the machine after every tick.</summary>
    public Action<SimulatedMachine>? TakeTick { get; init; }

    /// <summary>
    /// Told after every step of the daemon how many bytes it allocated, without what the simulation did meanwhile.
    /// </summary>
    public Action<long>? TakeStep { get; init; }

    /// <summary>Told when a daemon is killed, before the next one starts.</summary>
    public Action? TakeRestart { get; init; }

    /// <summary>
    /// Takes each incident as it is handed over, which is valid only during the call; a later one of the same number
    /// replaces it.
    /// </summary>
    public Action<Incident>? TakeIncident { get; init; }

    /// <summary>The machine and who is on it.</summary>
    public ScenarioStage Stage => _stage;

    /// <summary>Runs to the scenario's end.</summary>
    public ScenarioOutcome Run()
    {
        Row(_stage.Machine);
        if (_policy is null) _stage.Machine.Advance(_scenario.DurationUsec);
        else RunDaemon(_policy);
        return End();
    }

    private void RunDaemon(PolicySet policy)
    {
        var machine = _stage.Machine;
        var kernel = _stage.Kernel;
        var seen = TakeStep is null ? (IKernel)kernel : new MeteredKernel(kernel, _meter);
        var shelf = TakeIncident is null ? null : this;
        List<long> restarts = [.. _scenario.Faults.RestartsUsec];
        restarts.Sort();
        var nextRestart = 0;
        while (machine.ElapsedUsec < _scenario.DurationUsec)
        {
            using var daemon = new SimulatedDaemon(seen, policy, Take, _store, _scenario.DryRun, shelf);
            while (machine.ElapsedUsec < _scenario.DurationUsec)
            {
                if (nextRestart < restarts.Count && machine.ElapsedUsec >= restarts[nextRestart]) break;
                if (!kernel.Daemon.IsAlive) return;
                StepOnce(daemon);
            }

            if (machine.ElapsedUsec >= _scenario.DurationUsec) return;
            nextRestart++;
            Add(new ScenarioEvent(machine.ElapsedUsec, ScenarioSource.Process, DaemonEventKind.Log, null, "",
                PressureLevel.Normal, "pressured was killed, and is started again"));
            TakeRestart?.Invoke();
            kernel.EndWorkers(runningAreDone: nextRestart % 2 == 0);
            machine.Advance(RestartUsec);
        }
    }

    private void StepOnce(SimulatedDaemon daemon)
    {
        var beforeUsec = _stage.Kernel.NowUsec;

        // A collection, for another thread mostly, takes away what this one had reserved, which then counts as used.
        var collections = GC.CollectionCount(0);
        var beforeBytes = _meter.OwnBytes;
        daemon.Step();
        _steps++;
        var stepBytes = _meter.OwnBytes - beforeBytes;
        TakeStep?.Invoke(GC.CollectionCount(0) == collections ? stepBytes : 0);
        if (_stage.Kernel.NowUsec > beforeUsec) return;

        // A step that did not wait takes some time all the same.
        _stage.Kernel.Wait(_stage.Kernel.NowUsec + StepUsec, new WaitEvent[1]);
    }

    private ScenarioOutcome End()
    {
        Observe(_stage.Machine);
        var expected = _scenario.Expect.Contents;
        for (var index = 0; index < expected.Count; index++)
            _contents[index] ??= _stage.Kernel.ReadAsOwner(expected[index].Cgroup, expected[index].File);
        return new ScenarioOutcome
        {
            Stage = _stage,
            Rows = _rows,
            Events = _events,
            Victims = _victims,
            Deaths = _deaths,
            KernelKills = _stage.Machine.OomKills,
            Touched = _touched,
            StalledTooLongUsec = _overUsec,
            Refused = _stage.Refused,
            FirstActUsec = _firstActUsec,
            Contents = _contents,
            LeastAvailableBytes = _leastAvailableBytes,
            Steps = _steps,
        };
    }

    /// <inheritdoc/>
    void IIncidentShelf.Take(Incident incident)
    {
        var left = AllocationMeter.Leave();
        TakeIncident!(incident);
        incident.Release();
        _meter.Return(left);
    }

    private void Take(DaemonEvent said)
    {
        var left = AllocationMeter.Leave();
        Tell(said);
        _meter.Return(left);
    }

    private void Tell(DaemonEvent said)
    {
        var rule = said.Rule;
        var cgroup = Encoding.UTF8.GetString(said.Cgroup.Span);
        if (said.Kind == DaemonEventKind.SignalSent && rule is not null) NoteRule(said.Pid, cgroup, rule);
        var happened = new ScenarioEvent(
            said.TimeUsec - _stage.Machine.Options.StartUsec,
            ScenarioSource.Daemon,
            said.Kind,
            rule,
            cgroup,
            said.Level,
            Encoding.UTF8.GetString(said.Text.Span));
        NoteEnding(happened);
        Add(happened);
    }

    /// <summary>Whoever is missed by the KILL of a cgroup, or comes into it, is met soon and is that rule's.</summary>
    private void NoteEnding(ScenarioEvent happened)
    {
        if (happened.Rule is not { } rule) return;
        if (happened.IsKillOfCgroup) _ending[happened.Cgroup] = (rule, happened.Usec);
        else if (happened.Kind == DaemonEventKind.Killed) _ending.Remove(happened.Cgroup);
    }

    private void NoteRule(int pid, string cgroup, string rule)
    {
        foreach (var victim in _victims)
        {
            var meant = pid != 0 ? victim.Process.Pid == pid : IsIn(victim.Cgroup, "/" + cgroup.TrimStart('/'));
            if (meant) victim.Rule ??= rule;
        }
    }

    private static bool IsIn(string path, string cgroup) =>
        path == cgroup || path.StartsWith(cgroup + "/", StringComparison.Ordinal);

    private void Note(KernelAct act)
    {
        _touched.Add(new ScenarioTouch(act.Cgroup.Path, _stage.Machine.ElapsedUsec));
        _firstActUsec ??= _stage.Machine.ElapsedUsec;
        TakeAct?.Invoke(act);
        if (act.Process is { } process)
        {
            NoteVictim(process, act.Signal);
            return;
        }

        if (act.File != "cgroup.kill") return;
        foreach (var member in _stage.Machine.Processes)
            if (member.EndedBySignal == Signals.Kill && member.Cgroup.IsWithin(act.Cgroup))
                NoteVictim(member, Signals.Kill);
    }

    private void NoteVictim(SimulatedProcess process, int signal)
    {
        foreach (var victim in _victims)
        {
            if (!ReferenceEquals(victim.Process, process)) continue;
            victim.LastSignal = signal;
            return;
        }

        _victims.Add(new ScenarioVictim(
            process, _stage.NameOf(process), process.Cgroup.Path, _stage.Machine.ElapsedUsec, signal)
        {
            HeldBytes = _stage.Replayed?.HeldBytes(process.Pid) ?? process.ResidentPages * Pages.Bytes,
            Rule = EndingRule(process.Cgroup.Path),
        });
    }

    private string? EndingRule(string path)
    {
        foreach (var (cgroup, (rule, usec)) in _ending)
            if (IsIn(path, "/" + cgroup) && _stage.Machine.ElapsedUsec - usec <= SweepUsec) return rule;
        return null;
    }

    private void Observe(SimulatedMachine machine)
    {
        Ending.ThrowIfCancellationRequested();
        TakeTick?.Invoke(machine);
        var available = _stage.Replayed?.AvailableBytes
            ?? _scripted.AvailableBytes(machine.AvailablePages * Pages.Bytes);
        _leastAvailableBytes = long.Min(_leastAvailableBytes, available);
        for (; _kernelKillsTold < machine.OomKills.Count; _kernelKillsTold++)
            Tell(ScenarioSource.Kernel, machine.OomKills[_kernelKillsTold].KilledLine);
        var living = _stage.Living;
        for (var index = 0; index < living.Count; index++)
        {
            var process = living[index];
            if (process.IsAlive) continue;
            living.RemoveAt(index--);
            _deaths.Add(process);
            var how = process.EndedBySignal == 0 ? "exited" : $"died of signal {process.EndedBySignal}";
            Tell(ScenarioSource.Process, $"{process.Comm} ({process.Pid}) {how}");
        }

        ReadContents(machine);
        if (machine.ElapsedUsec >= _nextRowUsec) Row(machine);
    }

    private void ReadContents(SimulatedMachine machine)
    {
        var expected = _scenario.Expect.Contents;
        for (var index = 0; index < expected.Count; index++)
        {
            if (_contents[index] is not null || machine.ElapsedUsec < expected[index].AtUsec) continue;
            _contents[index] = _stage.Kernel.ReadAsOwner(expected[index].Cgroup, expected[index].File);
        }
    }

    private void Row(SimulatedMachine machine)
    {
        var row = _stage.Replayed?.RowAt(machine) ?? RowOf(machine);
        _rows.Add(row);
        NoteStalls(machine);
        TakeRow?.Invoke(row);
        _nextRowUsec = machine.ElapsedUsec + RowUsec;
    }

    private ScenarioRow RowOf(SimulatedMachine machine)
    {
        var pressure = machine.Root.Pressure;
        var swapTotal = machine.SwapTotalPages;
        return _scripted.Over(new ScenarioRow(
            machine.ElapsedUsec,
            machine.RamPages * Pages.Bytes,
            machine.AvailablePages * Pages.Bytes,
            machine.FreePages * Pages.Bytes,
            machine.AnonPages * Pages.Bytes,
            machine.FileLruPages * Pages.Bytes,
            machine.ShmemPages * Pages.Bytes,
            (swapTotal - machine.SwapFreePages) * Pages.Bytes,
            swapTotal * Pages.Bytes,
            Hundredths(pressure, PsiState.MemorySome),
            Hundredths(pressure, PsiState.MemoryFull),
            Hundredths(pressure, PsiState.IoSome),
            Hundredths(pressure, PsiState.IoFull),
            ProbeLateUsec(machine),
            CgroupRows(machine))
        {
            DirtyBytes = machine.DirtyFilePages * Pages.Bytes,
            LockedBytes = machine.LockedPages * Pages.Bytes,
        });
    }

    private List<ScenarioCgroupRow> CgroupRows(SimulatedMachine machine)
    {
        var rows = new List<ScenarioCgroupRow>();
        foreach (var cgroup in machine.Cgroups)
        {
            if (cgroup.IsRoot || cgroup.Children.Count > 0) continue;
            if (cgroup.CurrentPages + cgroup.SwapPages == 0 && _scripted.IsEmpty) continue;
            var row = new ScenarioCgroupRow(
                cgroup.Path,
                cgroup.CurrentPages * Pages.Bytes,
                cgroup.SwapPages * Pages.Bytes,
                Hundredths(cgroup.Pressure, PsiState.MemorySome),
                Hundredths(cgroup.Pressure, PsiState.MemoryFull));
            if (!_scripted.IsEmpty) row = _scripted.Over(row);
            if (row.CurrentBytes + row.SwapBytes > 0) rows.Add(row);
        }

        return rows;
    }

    // Which row shows it first is all that a timeline needs.
    private void NoteStalls(SimulatedMachine machine)
    {
        var expected = _scenario.Expect.Stalls;
        for (var index = 0; index < expected.Count; index++)
        {
            if (_overUsec[index] != ScenarioFailure.Nowhere) continue;
            foreach (var process in _stage.Called(expected[index].Process))
                if (ScenarioOutcome.StallUsec(process, machine.NowUsec) > expected[index].TotalUsec)
                    _overUsec[index] = machine.ElapsedUsec;
        }
    }

    private long ProbeLateUsec(SimulatedMachine machine)
    {
        long late = -1;
        foreach (var process in _stage.Processes)
        {
            if (process.Workload is not ProbeWorkload probe) continue;
            late = long.Max(0, late) + probe.TotalStallUsec;
            if (process.IsAlive) late += probe.CurrentStallUsec(machine.NowUsec);
        }

        return late;
    }

    private static long Hundredths(PsiGroup group, PsiState state)
    {
        var average = group.Averages(state).Avg10;
        return (PsiAverages.Whole(average) * 100) + PsiAverages.Hundredths(average);
    }

    private void Tell(ScenarioSource source, string text) => Add(new ScenarioEvent(
        _stage.Machine.ElapsedUsec, source, DaemonEventKind.Log, null, "", PressureLevel.Normal, text));

    private void Add(ScenarioEvent happened)
    {
        _events.Add(happened);
        TakeEvent?.Invoke(happened);
    }
}
