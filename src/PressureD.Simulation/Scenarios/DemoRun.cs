using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Scenarios;

/// <summary>
/// Runs a scenario and tells a timeline: with a daemon, whose steps wait on <see cref="Kernel"/>, or with the kernel
/// alone.
/// </summary>
public sealed class DemoRun
{
    private const long QuietRowUsec = 1_000_000;
    private const long TightRowUsec = 200_000;

    private readonly DemoScenario _scenario;
    private readonly ProbeWorkload _probe = new();
    private readonly CacheReaderWorkload _web = new()
    {
        SizeBytes = 48L << 20, ReadsPerSecond = 1_500, StartsCached = true,
    };

    private readonly List<DemoRow> _rows = [];
    private readonly List<SimulatedProcess> _living = [];
    private readonly List<SimulatedProcess> _deaths = [];
    private long _nextRowUsec;
    private long _rowUsec;
    private long _webReads;
    private long _leastAvailablePages = long.MaxValue;
    private int _kernelKillsTold;

    /// <param name="scenario">What happens.</param>
    /// <param name="options">The daemon's place on the machine.</param>
    public DemoRun(DemoScenario scenario, SimulatedKernelOptions? options = null)
    {
        _scenario = scenario;
        var machine = new SimulatedMachine(scenario.Machine);
        Kernel = new SimulatedKernel(machine, options ?? new SimulatedKernelOptions());
        scenario.Populate(machine, _probe, _web);
        _living.AddRange(machine.Processes);
        machine.Ticked = Observe;
    }

    /// <summary>What the daemon of the run works on.</summary>
    public SimulatedKernel Kernel { get; }

    /// <summary>Takes each row of the timeline as it comes.</summary>
    public Action<DemoRow>? TakeRow { get; init; }

    /// <summary>Takes what happens as it happens.</summary>
    public Action<ScenarioEvent>? TakeEvent { get; init; }

    /// <summary>Puts into the timeline at its place what the daemon says.</summary>
    public void Note(DaemonEvent said) => TakeEvent?.Invoke(new ScenarioEvent(
        Kernel.Machine.ElapsedUsec,
        ScenarioSource.Daemon,
        said.Kind,
        said.Rule,
        Encoding.UTF8.GetString(said.Cgroup.Span),
        said.Level,
        Encoding.UTF8.GetString(said.Text.Span)));

    /// <summary>Runs to the scenario's end.</summary>
    /// <param name="step">One step of the daemon, which waits on the kernel; null: the kernel alone.</param>
    public DemoOutcome Run(Action? step)
    {
        var machine = Kernel.Machine;
        while (machine.ElapsedUsec < _scenario.DurationUsec)
        {
            if (step is null) machine.Advance(QuietRowUsec);
            else StepOnce(step);
        }

        return new DemoOutcome(
            _rows,
            machine.OomKills,
            _deaths,
            _probe.LongestStallUsec,
            _probe.TotalStallUsec,
            _web.Reads * 1000 / long.Max(1, _web.ReadsPerSecond * machine.ElapsedUsec / 1_000_000),
            machine.Root.Pressure.TotalNsec(PsiState.IoSome) / 1000,
            _leastAvailablePages / Pages.PerMiB);
    }

    private void StepOnce(Action step)
    {
        var beforeUsec = Kernel.NowUsec;
        step();
        if (Kernel.NowUsec > beforeUsec) return;

        // A step that did not wait takes some time all the same.
        Kernel.Wait(Kernel.NowUsec + 1_000, new Core.Kernel.WaitEvent[1]);
    }

    private void Observe(SimulatedMachine machine)
    {
        _leastAvailablePages = long.Min(_leastAvailablePages, machine.AvailablePages);
        for (; _kernelKillsTold < machine.OomKills.Count; _kernelKillsTold++)
            Note(ScenarioSource.Kernel, machine.OomKills[_kernelKillsTold].KilledLine);
        for (var index = 0; index < _living.Count; index++)
        {
            var process = _living[index];
            if (process.IsAlive) continue;
            _living.RemoveAt(index--);
            _deaths.Add(process);
            var how = process.EndedBySignal == 0 ? "exited" : $"died of signal {process.EndedBySignal}";
            Note(ScenarioSource.Process, $"{process.Comm} ({process.Pid}) {how}");
        }

        if (machine.ElapsedUsec < _nextRowUsec) return;
        var row = Row(machine);
        _webReads = _web.Reads;
        _rowUsec = machine.ElapsedUsec;
        _rows.Add(row);
        TakeRow?.Invoke(row);

        // More lines where it gets tight.
        var tight = row.AvailableMiB * 8 < machine.RamPages / Pages.PerMiB && row.CulpritMiB > 0
            && row.SwapUsedMiB == 0;
        _nextRowUsec = machine.ElapsedUsec + (tight ? TightRowUsec : QuietRowUsec);
    }

    private DemoRow Row(SimulatedMachine machine)
    {
        long culprit = 0;
        foreach (var process in _living)
            if (process.Comm == _scenario.Culprit) culprit += process.Resident(RegionKind.Anon);
        var pressure = machine.Root.Pressure;
        return new DemoRow(
            machine.ElapsedUsec,
            machine.AvailablePages / Pages.PerMiB,
            culprit / Pages.PerMiB,
            machine.FileLruPages / Pages.PerMiB,
            (machine.SwapTotalPages - machine.SwapFreePages) / Pages.PerMiB,
            Hundredths(pressure, PsiState.MemorySome),
            Hundredths(pressure, PsiState.MemoryFull),
            Hundredths(pressure, PsiState.IoSome),
            (_web.Reads - _webReads) * 1_000_000 / long.Max(1, machine.ElapsedUsec - _rowUsec),
            _probe.TotalStallUsec + _probe.CurrentStallUsec(machine.NowUsec));
    }

    private static long Hundredths(PsiGroup group, PsiState state)
    {
        var average = group.Averages(state).Avg10;
        return (PsiAverages.Whole(average) * 100) + PsiAverages.Hundredths(average);
    }

    private void Note(ScenarioSource source, string text) => TakeEvent?.Invoke(new ScenarioEvent(
        Kernel.Machine.ElapsedUsec, source, DaemonEventKind.Log, null, "", PressureLevel.Normal, text));
}
