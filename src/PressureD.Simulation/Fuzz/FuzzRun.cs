using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;

namespace PressureD.Simulation.Fuzz;

/// <summary>
/// Runs a drawn scenario and looks whether what must always hold does. Safety: nobody protected is signalled; nobody is
/// signalled without the rule's condition; after a death the rule keeps to its cooldown; nothing is left frozen or
/// limited; every act is told and in an incident; steps and descriptors are bounded, and steps allocate nothing; the
/// loop never throws. Liveness: when faults have stopped, it does not stand by while its condition holds and somebody
/// can be taken.
/// </summary>
public sealed class FuzzRun
{
    /// <summary>Twenty a second in an emergency, and those that exits and triggers ask for.</summary>
    private const int MostStepsPerSecond = 200;

    private const int DescriptorsPerCgroup = 24;
    private const int OtherDescriptors = 256;
    private const long StandByUsec = 45_000_000;

    /// <summary>A kill that is held back is said every ten seconds.</summary>
    private const long SaysWhyUsec = 25_000_000;

    /// <summary>Two seconds after its condition a rule is over; what could not be put back is tried again.</summary>
    private const long PutBackUsec = 10_000_000;

    /// <summary>It looks once a second at least, unless it is kept from running.</summary>
    private const long MostSleepUsec = 1_000_000;
    private const long NoticeUsec = 2_000_000;

    /// <summary>After the last fault, for what it made the daemon find out anew.</summary>
    private const long SettleUsec = 20_000_000;
    private const long WorthwhilePages = 64L * Pages.PerMiB;

    private readonly FuzzScenario _drawn;
    private readonly Scenario _scenario;
    private readonly ScenarioRun _run;
    private readonly Dictionary<string, string> _limits = new(StringComparer.Ordinal);
    private readonly HashSet<SimulatedProcess> _signalled = [];
    private readonly HashSet<SimulatedCgroup> _ending = [];
    private readonly FuzzIncidents _incidents = new();
    private readonly FuzzAllocations _allocations = new();
    private readonly List<long> _restartsUsec = [];
    private long _pressedSinceUsec = -1;

    /// <summary>For how long nothing has pressed, as far as the daemon was awake; −1 while something does.</summary>
    private long _calmUsec = -1;
    private long _lastStepUsec;
    private long _lastSignalUsec;
    private long _secondUsec;
    private int _stepsThisSecond;
    private string? _violation;

    private FuzzRun(FuzzScenario drawn, Scenario scenario)
    {
        _drawn = drawn;
        _scenario = scenario;
        _run = new ScenarioRun(scenario, scenario.Policy)
        {
            RowUsec = 10_000_000, TakeAct = Act, TakeTick = Tick, TakeStep = Step,
            TakeIncident = _incidents.Take,
            TakeRestart = () => _restartsUsec.Add(_run!.Stage.Kernel.NowUsec),
        };
        foreach (var cgroup in _run.Stage.Machine.Cgroups) Remember(cgroup);
    }

    private static IReadOnlyList<string> LimitFiles { get; } =
    [
        "cgroup.freeze", "memory.high", "memory.max", "memory.swap.max", "memory.low", "memory.min",
        "memory.oom.group",
    ];

    /// <summary>Runs a drawn scenario.</summary>
    /// <param name="drawn">What.</param>
    /// <param name="findPolicy">Finds "shipped".</param>
    /// <returns>What did not hold, and the run; null: all held.</returns>
    public static (string Violation, ScenarioOutcome? Outcome)? Run(
        FuzzScenario drawn, Func<string, (string Name, ReadOnlyMemory<byte> Content)?> findPolicy)
    {
        var read = ScenarioReader.Read($"seed-{drawn.Seed}", Encoding.UTF8.GetBytes(drawn.ToString()), findPolicy);
        if (read.Scenario is not { } scenario)
            return ("the scenario is not readable: " + string.Join("; ", read.Diagnostics), null);
        var run = new FuzzRun(drawn, scenario);
        ScenarioOutcome outcome;
        try
        {
            outcome = run._run.Run();
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            // Whatever the loop throws is a finding; a scenario that needs more memory than there is, is not.
            var tooMuch = thrown is ArgumentException && thrown.Message.Contains("is free", StringComparison.Ordinal);
            return tooMuch ? null : ($"thrown: {thrown.GetType().Name}: {thrown.Message}\n{thrown.StackTrace}", null);
        }

        run.AtEnd(outcome);
        return run._violation is { } violation ? (violation, outcome) : null;
    }

    /// <summary>Makes a failing scenario smaller as long as it still fails.</summary>
    /// <param name="drawn">What fails.</param>
    /// <param name="findPolicy">Finds "shipped".</param>
    /// <param name="mostRuns">Gives up making it smaller after so many runs.</param>
    public static FuzzScenario Shrink(
        FuzzScenario drawn, Func<string, (string Name, ReadOnlyMemory<byte> Content)?> findPolicy, int mostRuns)
    {
        var smallest = drawn;
        var again = true;
        while (again)
        {
            again = false;
            foreach (var smaller in smallest.Smaller())
            {
                if (mostRuns-- <= 0) return smallest;
                if (Run(smaller, findPolicy) is null) continue;
                smallest = smaller;
                again = true;
                break;
            }
        }

        return smallest;
    }

    private SimulatedMachine Machine => _run.Stage.Machine;

    private void Violate(string what)
    {
        _violation ??= $"at {ScenarioEvent.Stamp(Machine.ElapsedUsec).Trim()}: {what}";
    }

    private void Act(KernelAct act)
    {
        // What reclaim takes nobody loses: it is no harm to who is protected.
        if (act.File != "memory.reclaim" && IsOutOfReach(act.Cgroup))
            Violate($"{act.File ?? "a signal"} in {act.Cgroup.Path}, which is protected");
        if (act.Process is { } process) Signalled(process);
        else if (act.File == "cgroup.kill")
            foreach (var member in Machine.Processes)
                if (member.EndedBySignal == Signals.Kill && member.Cgroup.IsWithin(act.Cgroup)) Signalled(member);

        // What puts a value back ends an act, and is none; nor is a reclaim that takes nothing, which the log tells.
        if (act.File is { } file and not ("cgroup.kill" or "memory.reclaim")
            && act.Value?.Trim() != FirstOf(act.Cgroup.Path, file))
            _incidents.NoteWrite(_run.Stage.Kernel.NowUsec, act.Cgroup.Path, file);
    }

    private void Signalled(SimulatedProcess process)
    {
        var name = $"{process.Comm} ({process.Pid}) in {process.Cgroup.Path}";
        if (process.Pid == 1 || process.IsKernelThread) Violate($"{name} was signalled, which is init or the kernel's");
        if (process.OomScoreAdj == -1000) Violate($"{name} was signalled, with oom_score_adj −1000");
        if (ReferenceEquals(process, _run.Stage.Kernel.Daemon)) Violate("the daemon signalled itself");
        if (IsOutOfReach(process.Cgroup)) Violate($"{name} was signalled, which is protected");
        if (!_signalled.Add(process)) return;
        _lastSignalUsec = Machine.ElapsedUsec;
        _incidents.NoteSignal(_run.Stage.Kernel.NowUsec, process.Pid, process.Cgroup.Path);

        // Who was forked in a cgroup that is being ended is ended with it.
        if (_ending.Add(process.Cgroup) && !MayKill())
            Violate($"{name} was signalled with {Machine.AvailablePages / Pages.PerMiB} MiB available");
    }

    // Time does not pass within a step: what the rule saw is what there is.
    private bool MayKill()
    {
        if (!_drawn.Shipped) return Machine.AvailablePages * Pages.Bytes < _drawn.GateBytes;
        var user = Machine.AvailablePages + Machine.AnonPages;
        return Machine.AvailablePages * 4 <= user;
    }

    private bool IsOutOfReach(SimulatedCgroup cgroup) =>
        IsIn(cgroup.Path, "/vital.slice") || IsIn(cgroup.Path, _run.Stage.Kernel.Daemon.Cgroup.Path);

    private static bool IsIn(string path, string above) =>
        path == above || path.StartsWith(above + "/", StringComparison.Ordinal);

    private void Step(long allocatedBytes)
    {
        _incidents.NoteStep(_run.Stage.Kernel.NowUsec);
        if (_calmUsec >= 0) _calmUsec += long.Min(Machine.ElapsedUsec - _lastStepUsec, MostSleepUsec);
        _lastStepUsec = Machine.ElapsedUsec;
        var second = Machine.ElapsedUsec / 1_000_000;
        if (second != _secondUsec)
        {
            _secondUsec = second;
            _stepsThisSecond = 0;
        }

        if (++_stepsThisSecond == MostStepsPerSecond) Violate($"more than {MostStepsPerSecond} steps in a second");
        var most = (DescriptorsPerCgroup * Machine.Cgroups.Count) + OtherDescriptors;
        if (_run.Stage.Kernel.OpenDescriptors > most)
            Violate($"{_run.Stage.Kernel.OpenDescriptors} descriptors for {Machine.Cgroups.Count} cgroups");
        if (Machine.ElapsedUsec < _drawn.CalmFromUsec + SettleUsec) return;
        var tree = (Machine.Cgroups.Count, Machine.Cgroups[^1].Inode);
        if (_allocations.IsOneTooMany(Machine.ElapsedUsec, allocatedBytes, tree))
            Violate($"a step allocated {allocatedBytes} bytes, as others did before");
    }

    private void Tick(SimulatedMachine machine)
    {
        if (machine.ElapsedUsec < _drawn.CalmFromUsec) return;

        // Three quarters of the gate is below every rule's own level.
        var pressed = !_drawn.Shipped && machine.AvailablePages * Pages.Bytes < _drawn.GateBytes * 3 / 4;
        if (!pressed) _pressedSinceUsec = -1;
        else if (_pressedSinceUsec < 0) _pressedSinceUsec = machine.ElapsedUsec;
        if (pressed) _calmUsec = -1;
        else if (_calmUsec < 0) _calmUsec = 0;
    }

    private void Remember(SimulatedCgroup cgroup)
    {
        foreach (var file in LimitFiles)
            if (_run.Stage.Kernel.ReadAsOwner(cgroup.Path, file) is { } value) _limits[$"{cgroup.Path} {file}"] = value;
    }

    private void AtEnd(ScenarioOutcome outcome)
    {
        foreach (var victim in outcome.Victims)
            if (victim.Rule is null && !IsTold(outcome, victim))
                Violate($"{victim.Name} ({victim.Process.Pid}) was signalled, and nothing was said");
        Cooldowns(outcome);
        if (_incidents.FindUntold(Machine.NowUsec, _restartsUsec) is { } untold) Violate(untold);
        if (_calmUsec >= PutBackUsec) Limits();
        if (StandsBy(outcome) is { } whom)
            Violate($"stands by for {StandByUsec / 1_000_000} s while {whom} could be taken");
    }

    /// <summary>
    /// Whether a signal to somebody's cgroup was told before, which a later one to those that it missed follows.
    /// </summary>
    private static bool IsTold(ScenarioOutcome outcome, ScenarioVictim victim)
    {
        foreach (var happened in outcome.Events)
        {
            if (happened.Usec > victim.SignalUsec) return false;
            if (happened.Kind == DaemonEventKind.SignalSent && IsIn(victim.Cgroup, "/" + happened.Cgroup)) return true;
        }

        return false;
    }

    private void Cooldowns(ScenarioOutcome outcome)
    {
        foreach (var rule in _scenario.Policy!.Rules)
        {
            ScenarioVictim? before = null;
            foreach (var victim in outcome.Victims)
            {
                if (victim.Rule != rule.Name) continue;
                var died = before is not null && before.Cgroup != victim.Cgroup
                    && AreDead(outcome, rule.Name, before.Cgroup, victim.SignalUsec);
                if (died && victim.SignalUsec - before!.SignalUsec < rule.CooldownUsec)
                    Violate($"{rule.Name} took {victim.Name} {victim.SignalUsec - before.SignalUsec} µs after "
                        + $"{before.Name}, its cooldown is {rule.CooldownUsec} µs");
                before = victim;
            }
        }
    }

    /// <summary>
    /// Whether all victims of a rule in a cgroup had died by then: while one hangs, the next is tried without delay.
    /// </summary>
    private bool AreDead(ScenarioOutcome outcome, string rule, string cgroup, long usec)
    {
        foreach (var victim in outcome.Victims)
        {
            if (victim.Rule != rule || victim.Cgroup != cgroup || victim.SignalUsec > usec) continue;
            var endedUsec = victim.Process.EndedUsec;
            if (endedUsec == 0 || Elapsed(endedUsec) + NoticeUsec >= usec) return false;
        }

        return true;
    }

    private long Elapsed(long usec) => usec - Machine.Options.StartUsec;

    private void Limits()
    {
        foreach (var cgroup in Machine.Cgroups)
        {
            foreach (var file in LimitFiles)
            {
                var now = _run.Stage.Kernel.ReadAsOwner(cgroup.Path, file);
                var first = FirstOf(cgroup.Path, file);
                if (now is not null && now != first) Violate($"{cgroup.Path}/{file} was left at {now}, it was {first}");
            }
        }
    }

    /// <summary>What a file held before anything happened.</summary>
    private string FirstOf(string path, string file) => _limits.GetValueOrDefault($"{path} {file}", Unlimited(file));

    private static string Unlimited(string file) =>
        file is "cgroup.freeze" or "memory.low" or "memory.min" or "memory.oom.group" ? "0" : "max";

    /// <summary>
    /// Somebody whom every rule could have taken all the while; null when there is nobody, when no rule had to act, or
    /// when the brake is said to hold.
    /// </summary>
    private string? StandsBy(ScenarioOutcome outcome)
    {
        var now = Machine.ElapsedUsec;
        if (!_drawn.KillsByLevel) return null;
        if (_pressedSinceUsec < 0 || now - long.Max(_pressedSinceUsec, _lastSignalUsec) < StandByUsec) return null;
        if (!_run.Stage.Kernel.Daemon.IsAlive) return null;

        // The brake holds for as long as pressure does, whenever it was engaged; but it must be said.
        foreach (var happened in outcome.Events)
        {
            if (happened.Usec > now - SaysWhyUsec && happened.Kind == DaemonEventKind.HeldBack) return null;
        }

        foreach (var process in outcome.Stage.Processes)
        {
            if (process.State != ProcessState.Running || process.OomScoreAdj == -1000) continue;
            if (!process.Cgroup.Path.StartsWith("/app.slice/p", StringComparison.Ordinal)) continue;
            if (process.StartUsec > Machine.NowUsec - StandByUsec) continue;
            if (process.Resident(RegionKind.Anon) < WorthwhilePages) continue;
            return process.Comm;
        }

        return null;
    }
}
