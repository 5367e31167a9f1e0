using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;

namespace PressureD.Simulation.Fuzz;

/// <summary>
/// Runs a drawn scenario and looks whether what must always hold does. Safety: nobody protected is signalled; nobody is
/// signalled without the rule's condition, nor in the place of one who has gone; on a quiet machine the shipped policy
/// signals nobody; after a death the rule keeps to its cooldown; nothing is left frozen or limited, and what others set
/// stays; every act is told and in an incident; steps, what each does and descriptors are bounded, and steps allocate
/// nothing; the loop never throws. Liveness: when faults have stopped, it does not stand by while its condition holds
/// and somebody can be taken; of the shipped policy, while memory is exhausted or the machine thrashes.
/// </summary>
public sealed class FuzzRun
{
    /// <summary>Twenty a second in an emergency, and those that exits and triggers ask for.</summary>
    private const int StepsPerSecond = 200;

    /// <summary>A reclaim that a rule repeats without a rest ends in each cgroup at a time of its own.</summary>
    private const int StepsPerSecondAndCgroup = 10;

    /// <summary>Whoever does not wait at all makes a thousand.</summary>
    private const int MostStepsPerSecond = 600;

    /// <summary>
    /// What a step asks the kernel at most: of the machine, of each cgroup and of each process; and of these for each
    /// rule that acts.
    /// </summary>
    private const long CallsOfAStep = 500;

    private const long CallsPerCgroup = 25;
    private const long CallsPerProcess = 12;
    private const long CallsPerCgroupOfARule = 8;
    private const long CallsPerProcessOfARule = 4;

    private const int DescriptorsPerCgroup = 24;
    private const int OtherDescriptors = 256;
    private const long StandByUsec = 45_000_000;

    /// <summary>The shipped policy judges thrashing by means over half a minute, and has as long a cooldown.</summary>
    private const long ThrashUsec = 90_000_000;

    private const long ThrashPagesPerSecond = 150;
    private const long ThrashPercent = 25;

    /// <summary>A kill that is held back is said every ten seconds.</summary>
    private const long SaysWhyUsec = 25_000_000;

    /// <summary>Two seconds after its condition a rule is over; what could not be put back is tried again.</summary>
    private const long PutBackUsec = 10_000_000;

    /// <summary>What is planned happens at the beginning of the first tick after its moment.</summary>
    private const long TakenUsec = 2 * SimulatedMachine.TickUsec;

    /// <summary>It looks once a second at least, unless it is kept from running.</summary>
    private const long MostSleepUsec = 1_000_000;
    private const long NoticeUsec = 2_000_000;

    /// <summary>After the last fault, for what it made the daemon find out anew.</summary>
    private const long SettleUsec = 20_000_000;

    /// <summary>Signals in a cgroup that are no further apart are one kill.</summary>
    private const long OneKillUsec = 2_000_000;

    /// <summary>An act is told in the step that makes it.</summary>
    private const long ToldUsec = 100_000;

    /// <summary>The shipped rule against thrashing is over below so much.</summary>
    private const long ThrashEndsPercent = 10;

    private const long WorthwhilePages = 64L * Pages.PerMiB;

    private readonly FuzzScenario _drawn;
    private readonly Scenario _scenario;
    private readonly ScenarioRun _run;
    private readonly Dictionary<(long Inode, string File), string> _limits = [];
    private readonly List<FuzzCondition> _conditions = [];
    private readonly Dictionary<SimulatedProcess, string> _unmet = [];
    private readonly Queue<FuzzWrite> _writes;
    private readonly FuzzFaults _faults;
    private readonly HashSet<SimulatedProcess> _signalled = [];
    private readonly HashSet<SimulatedProcess> _dying = [];

    /// <summary>Who was signalled and has not begun to die.</summary>
    private readonly List<SimulatedProcess> _lingering = [];
    private readonly Dictionary<SimulatedCgroup, long> _ending = [];
    private readonly FuzzIncidents _incidents = new();
    private readonly FuzzAllocations _allocations = new();
    private readonly List<long> _restartsUsec = [];
    private readonly bool _putsBackOnlyWhenOver;
    private readonly long _seesFromUsec;
    private long _exhaustedSinceUsec = -1;
    private long _thrashesSinceUsec = -1;
    private long _refaulted;
    private long _callsBefore;
    private long _heldBackUsec = -SaysWhyUsec;

    /// <summary>A daemon's first step comes after its start, which looks at everything and rehearses.</summary>
    private bool _isFirstStep = true;

    /// <summary>For how long nothing has pressed, as far as the daemon was awake; −1 while something does.</summary>
    private long _calmUsec = -1;
    private long _lastStepUsec;
    private long _lastSignalUsec;
    private long _secondUsec;
    private int _stepsThisSecond;
    private string? _violation;

    private FuzzRun(FuzzScenario drawn, Scenario scenario, CancellationToken ending)
    {
        _drawn = drawn;
        FuzzFaults? faults = null;
        _scenario = scenario = scenario with
        {
            Faults = scenario.Faults with
            {
                Around = plan => faults = new FuzzFaults(
                    plan, drawn.Seed, drawn.RecreatesOneIn, drawn.CalmFromUsec),
            },
        };
        foreach (var rule in drawn.Rules) _conditions.Add(FuzzCondition.Of(rule));
        _putsBackOnlyWhenOver = drawn.PutsBackOnlyWhenOver;
        _seesFromUsec = drawn.SeesFromUsec;
        _writes = new Queue<FuzzWrite>(FuzzWrite.AllOf(drawn.Script));
        _run = new ScenarioRun(scenario, scenario.Policy)
        {
            RowUsec = 10_000_000, Ending = ending, TakeAct = Act, TakeTick = Tick, TakeStep = Step,
            TakeIncident = _incidents.Take,
            TakeRestart = Restart,
            TakeEvent = Hear,
        };
        _faults = faults!;
        _faults.Machine = _run.Stage.Machine;
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
    /// <param name="ending">Ends it in the middle.</param>
    /// <returns>What did not hold, and the run; null: all held.</returns>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static (string Violation, ScenarioOutcome? Outcome)? Run(
        FuzzScenario drawn,
        Func<string, (string Name, ReadOnlyMemory<byte> Content)?> findPolicy,
        CancellationToken ending = default) =>
        Run(drawn, drawn, findPolicy, ending);

    /// <summary>Runs a scenario while checkers take it for another one.</summary>
    internal static (string Violation, ScenarioOutcome? Outcome)? Run(
        FuzzScenario drawn,
        FuzzScenario believed,
        Func<string, (string Name, ReadOnlyMemory<byte> Content)?> findPolicy,
        CancellationToken ending = default)
    {
        var read = ScenarioReader.Read($"seed-{drawn.Seed}", Encoding.UTF8.GetBytes(drawn.ToString()), findPolicy);
        if (read.Scenario is not { } scenario)
            return ("the scenario is not readable: " + string.Join("; ", read.Diagnostics), null);
        var run = new FuzzRun(believed, scenario, ending);
        ScenarioOutcome outcome;
        try
        {
            outcome = run._run.Run();
        }
        catch (Exception thrown) when (thrown is not (OutOfMemoryException or OperationCanceledException))
        {
            return (run._violation ?? $"thrown: {thrown.GetType().Name}: {thrown.Message}\n{thrown.StackTrace}", null);
        }

        run.AtEnd(outcome);
        return run._violation is { } violation ? (violation, outcome) : null;
    }

    /// <summary>Makes a failing scenario smaller as long as it still fails.</summary>
    /// <param name="drawn">What fails.</param>
    /// <param name="findPolicy">Finds "shipped".</param>
    /// <param name="mostRuns">Gives up making it smaller after so many runs.</param>
    /// <param name="ending">Ends it in the middle.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static FuzzScenario Shrink(
        FuzzScenario drawn,
        Func<string, (string Name, ReadOnlyMemory<byte> Content)?> findPolicy,
        int mostRuns,
        CancellationToken ending = default)
    {
        var smallest = drawn;
        var again = true;
        while (again)
        {
            again = false;
            foreach (var smaller in smallest.Smaller())
            {
                if (mostRuns-- <= 0) return smallest;
                if (Run(smaller, findPolicy, ending) is null) continue;
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
        if (act.Signal == Signals.Kill || act.File == "cgroup.kill") NoteCredit();
        if (act.Process is { } process) Signalled(process);
        else if (act.File == "cgroup.kill")
            foreach (var member in Machine.Processes)
                if (member.EndedBySignal == Signals.Kill && member.Cgroup.IsWithin(act.Cgroup)) Signalled(member);

        // What puts a value back ends an act, and is none; nor is a reclaim that takes nothing, which the log tells.
        if (act.File is not { } file || file is "cgroup.kill" or "memory.reclaim") return;
        if (act.Value?.Trim() != FirstOf(act.Cgroup, file))
            _incidents.NoteWrite(_run.Stage.Kernel.NowUsec, act.Cgroup.Path, file);
        else if (_putsBackOnlyWhenOver && file is "memory.swap.max" or "memory.low" && AllStillHold())
            Violate($"{act.Cgroup.Path}/{file} is put back before any rule is over");
    }

    private void NoteCredit()
    {
        foreach (var condition in _conditions) condition.NoteCredit(Machine);
    }

    /// <summary>Whoever obeys TERM, however late, gives back from then on what one that got KILL does.</summary>
    private void NoteDeaths()
    {
        for (var index = _lingering.Count - 1; index >= 0; index--)
        {
            if (_lingering[index].State == ProcessState.Running) continue;
            _lingering.RemoveAt(index);
            NoteCredit();
        }
    }

    private bool AllStillHold()
    {
        foreach (var condition in _conditions)
        {
            condition.NoteOver(Machine);
            if (!condition.IsKill && !condition.CannotBeOver(Machine)) return false;
        }

        return true;
    }

    private void Signalled(SimulatedProcess process)
    {
        var name = $"{process.Comm} ({process.Pid}) in {process.Cgroup.Path}";
        if (process.Pid == 1 || process.IsKernelThread) Violate($"{name} was signalled, which is init or the kernel's");
        if (process.OomScoreAdj == -1000) Violate($"{name} was signalled, with oom_score_adj −1000");
        if (ReferenceEquals(process, _run.Stage.Kernel.Daemon)) Violate("the daemon signalled itself");
        if (IsOutOfReach(process.Cgroup)) Violate($"{name} was signalled, which is protected");
        if (!_signalled.Add(process)) return;
        _lingering.Add(process);
        _lastSignalUsec = Machine.ElapsedUsec;
        if (_drawn.Quiet) Violate($"{name} was signalled on a quiet machine");
        if (_faults.IsNewcomer(process) && process.Cgroup.Parent is { OomGroup: false })
            Violate($"{name} was signalled in the place of one that has gone");
        _incidents.NoteSignal(_run.Stage.Kernel.NowUsec, process.Pid, process.Cgroup.Path);

        // Who is dying already gets no signal, and the cgroup is not empty before it has.
        foreach (var member in process.Cgroup.Processes)
            if (member.State == ProcessState.Dying && !_signalled.Contains(member)) _dying.Add(member);

        // Who was missed or forked while a cgroup is being ended is ended with it.
        var isMore = _ending.TryGetValue(process.Cgroup, out var beforeUsec)
            && Machine.ElapsedUsec - beforeUsec <= OneKillUsec;
        _ending[process.Cgroup] = Machine.ElapsedUsec;
        if (isMore) return;
        if (!MayKill()) Violate($"{name} was signalled with {Machine.AvailablePages / Pages.PerMiB} MiB available");
        var unmet = "";
        foreach (var condition in _conditions)
            if (!condition.Allows(Machine, process.Cgroup)) unmet += condition.Name + ",";
        _unmet[process] = unmet;
    }

    // Time does not pass within a step: what the rule saw is what there is.
    private bool MayKill()
    {
        if (!_drawn.Shipped) return Machine.AvailablePages * Pages.Bytes < _drawn.GateBytes;
        if (IsScarce) return true;

        // It thrashes, and has not got over it.
        var full = Machine.Root.Pressure.Averages(PsiState.MemoryFull).Avg10;
        return Machine.AvailablePages * 4 <= UserPages && full >= ThrashEndsPercent * PsiAverages.FixedOne;
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

        foreach (var condition in _conditions) condition.NoteStep(Machine);
        NoteRelief();
        var calls = _faults.Calls - _callsBefore;
        _callsBefore = _faults.Calls;
        _faults.NoteStep();
        var mostCalls = CallsOfAStep
            + ((CallsPerCgroup + (CallsPerCgroupOfARule * _conditions.Count)) * Machine.Cgroups.Count)
            + ((CallsPerProcess + (CallsPerProcessOfARule * _conditions.Count)) * Machine.Processes.Count);
        var isFirst = _isFirstStep;
        _isFirstStep = false;
        if (calls > mostCalls && !isFirst)
            Violate($"{calls} calls in a step, of {Machine.Cgroups.Count} cgroups and "
                + $"{Machine.Processes.Count} processes");
        var mostSteps = long.Min(
            MostStepsPerSecond, StepsPerSecond + (StepsPerSecondAndCgroup * Machine.Cgroups.Count));
        if (++_stepsThisSecond == mostSteps) Violate($"more than {mostSteps} steps in a second");
        var most = (DescriptorsPerCgroup * Machine.Cgroups.Count) + OtherDescriptors;
        if (_run.Stage.Kernel.OpenDescriptors > most)
            Violate($"{_run.Stage.Kernel.OpenDescriptors} descriptors for {Machine.Cgroups.Count} cgroups");
        if (Machine.ElapsedUsec < _drawn.CalmFromUsec + SettleUsec) return;
        var tree = (Machine.Cgroups.Count, Machine.Cgroups[^1].Inode);
        if (_allocations.IsOneTooMany(Machine.ElapsedUsec, allocatedBytes, tree))
            Violate($"a step allocated {allocatedBytes} bytes, as others did before");
    }

    private void Hear(ScenarioEvent happened)
    {
        if (happened.Kind == DaemonEventKind.HeldBack) _heldBackUsec = happened.Usec;
        if (happened.Text.Contains(" no record: more happened", StringComparison.Ordinal)) _incidents.NoteLost();
    }

    private void Restart()
    {
        _restartsUsec.Add(_run.Stage.Kernel.NowUsec);
        _isFirstStep = true;
    }

    private void Tick(SimulatedMachine machine)
    {
        NoteWrites();
        NoteDeaths();
        foreach (var condition in _conditions) condition.NoteOver(machine);
        if (machine.ElapsedUsec < _drawn.CalmFromUsec) return;
        if (machine.ElapsedUsec >= _seesFromUsec) NoteTrouble(machine);

        // Three quarters of the gate is below every rule's own level.
        var pressed = !_drawn.Shipped && machine.AvailablePages * Pages.Bytes < _drawn.GateBytes * 3 / 4;
        if (pressed) _calmUsec = -1;
        else if (_calmUsec < 0) _calmUsec = 0;
    }

    private void NoteTrouble(SimulatedMachine machine)
    {
        foreach (var condition in _conditions) condition.NoteTick(machine);
        if (_drawn.Shipped) NoteExhaustion(machine);
        if (machine.ElapsedUsec % 1_000_000 < SimulatedMachine.TickUsec && StandsBy() is { } whom)
            Violate($"stands by while {whom} could be taken");
    }

    /// <summary>What the machine's owner writes is what must be there from then on.</summary>
    private void NoteWrites()
    {
        while (_writes.TryPeek(out var write) && Machine.ElapsedUsec > write.Usec + TakenUsec)
        {
            _writes.Dequeue();
            if (Machine.FindCgroup(write.Cgroup) is { } cgroup
                && _run.Stage.Kernel.ReadAsOwner(write.Cgroup, write.File) == write.Value)
                _limits[(cgroup.Inode, write.File)] = write.Value;
        }
    }

    private void NoteExhaustion(SimulatedMachine machine)
    {
        var now = machine.ElapsedUsec;
        NoteRelief();
        if (IsExhausted && _exhaustedSinceUsec < 0) _exhaustedSinceUsec = now;

        // What has come back from swap is looked at once a second.
        if (now % 1_000_000 >= SimulatedMachine.TickUsec) return;
        var full = machine.Root.Pressure.Averages(PsiState.MemoryFull).Avg10;
        var refaulted = machine.Counters.RefaultedAnon - _refaulted;
        _refaulted = machine.Counters.RefaultedAnon;
        var thrashes = machine.Options.Profile.Psi && IsScarce
            && full > ThrashPercent * PsiAverages.FixedOne && refaulted >= ThrashPagesPerSecond;
        if (!thrashes) _thrashesSinceUsec = -1;
        else if (_thrashesSinceUsec < 0) _thrashesSinceUsec = now;
    }

    /// <summary>What the daemon does in a step can end it between two ticks, and is seen.</summary>
    private void NoteRelief()
    {
        if (!IsExhausted) _exhaustedSinceUsec = -1;
        if (!IsScarce) _thrashesSinceUsec = -1;
    }

    private long UserPages => Machine.AvailablePages + Machine.AnonPages;

    private bool IsScarce => Machine.AvailablePages * 10 <= UserPages;

    private bool IsExhausted => Machine.AvailablePages * 100 <= UserPages * 4
        && Machine.SwapFreePages * 10 <= Machine.SwapTotalPages;

    private void Remember(SimulatedCgroup cgroup)
    {
        foreach (var file in LimitFiles)
            if (_run.Stage.Kernel.ReadAsOwner(cgroup.Path, file) is { } value)
                _limits[(cgroup.Inode, file)] = value;
    }

    private void AtEnd(ScenarioOutcome outcome)
    {
        foreach (var victim in outcome.Victims)
            if (victim.Rule is null && !IsTold(outcome, victim))
                Violate($"{victim.Name} ({victim.Process.Pid}) was signalled at "
                    + $"{ScenarioEvent.Stamp(victim.SignalUsec).Trim()}, and nothing was said");
        Conditions(outcome);
        Cooldowns(outcome);
        if (_incidents.FindUntold(Machine.NowUsec, _restartsUsec) is { } untold) Violate(untold);
        if (_calmUsec >= PutBackUsec) Limits();
    }

    private void Conditions(ScenarioOutcome outcome)
    {
        foreach (var victim in outcome.Victims)
        {
            if (victim.Rule is { } rule && _unmet.TryGetValue(victim.Process, out var unmet)
                && unmet.Contains(rule + ",", StringComparison.Ordinal))
                Violate($"{victim.Name} ({victim.Process.Pid}) was signalled by {rule} at "
                    + $"{ScenarioEvent.Stamp(victim.SignalUsec).Trim()}, without its condition");
        }
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
            // Each match of a rule has a state of its own.
            var drawn = _conditions.Find(condition => condition.Name == rule.Name);
            var cooldownUsec = drawn?.CooldownUsec ?? rule.CooldownUsec;
            if (drawn is not { IsPerSlice: true }) Cooldowns(outcome, rule, cooldownUsec, "/");
            else
                foreach (var slice in Machine.Root.Children) Cooldowns(outcome, rule, cooldownUsec, slice.Path);
        }
    }

    private void Cooldowns(ScenarioOutcome outcome, Rule rule, long cooldownUsec, string match)
    {
        ScenarioVictim? before = null;
        foreach (var victim in outcome.Victims)
        {
            if (victim.Rule != rule.Name || (match != "/" && !IsIn(victim.Cgroup, match))) continue;
            var isNext = before is not null
                && (before.Cgroup != victim.Cgroup || victim.SignalUsec - before.SignalUsec > OneKillUsec);
            var died = isNext && !IsOfOneKill(outcome, rule.Name, victim)
                && AreDead(outcome, rule.Name, before!.Cgroup, victim);
            if (died && victim.SignalUsec - before!.SignalUsec < cooldownUsec)
                Violate($"{rule.Name} took {victim.Name} {victim.SignalUsec - before.SignalUsec} µs after "
                    + $"{before.Name}, its cooldown is {cooldownUsec} µs");
            before = victim;
        }
    }

    /// <summary>
    /// Whether somebody got the KILL of a cgroup that the rule had asked to leave and that was not empty since: whoever
    /// came into it meanwhile goes with it.
    /// </summary>
    private static bool IsOfOneKill(ScenarioOutcome outcome, string rule, ScenarioVictim victim)
    {
        var ending = new HashSet<string>();
        foreach (var happened in outcome.Events)
        {
            if (happened.Usec > victim.SignalUsec + ToldUsec) return false;
            if (happened.Rule != rule) continue;
            if (happened.Kind == DaemonEventKind.SignalSent) ending.Add(happened.Cgroup);
            else if (happened.Kind == DaemonEventKind.Killed) ending.Remove(happened.Cgroup);
            else if (happened.Usec >= victim.SignalUsec && ending.Contains(happened.Cgroup)
                && IsIn(victim.Cgroup, "/" + happened.Cgroup)
                && happened.IsKillOfCgroup)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Whether all victims of a rule in a cgroup had died by then: while one hangs, the next is tried without delay.
    /// </summary>
    private bool AreDead(ScenarioOutcome outcome, string rule, string cgroup, ScenarioVictim next)
    {
        var usec = next.SignalUsec;
        foreach (var victim in outcome.Victims)
        {
            if (victim.Rule != rule || victim.Cgroup != cgroup || victim.SignalUsec > usec || victim == next) continue;
            if (!WasNoticed(victim.Process, usec)) return false;
        }

        foreach (var member in _dying)
            if (member.Cgroup.Path == cgroup && !WasNoticed(member, usec)) return false;

        return true;
    }

    private bool WasNoticed(SimulatedProcess ended, long usec) =>
        ended.EndedUsec != 0 && Elapsed(ended.EndedUsec) + NoticeUsec < usec;

    private long Elapsed(long usec) => usec - Machine.Options.StartUsec;

    private void Limits()
    {
        foreach (var cgroup in Machine.Cgroups)
        {
            foreach (var file in LimitFiles)
            {
                var now = _run.Stage.Kernel.ReadAsOwner(cgroup.Path, file);
                var first = FirstOf(cgroup, file);
                if (now is not null && now != first) Violate($"{cgroup.Path}/{file} was left at {now}, it was {first}");
            }
        }
    }

    /// <summary>What a file held before anything happened, or what others than the daemon have set since.</summary>
    private string FirstOf(SimulatedCgroup cgroup, string file) =>
        _limits.GetValueOrDefault((cgroup.Inode, file), Unlimited(file));

    private static string Unlimited(string file) =>
        file is "cgroup.freeze" or "memory.low" or "memory.min" or "memory.oom.group" ? "0" : "max";

    /// <summary>
    /// Somebody whom every rule could have taken all the while; null when there is nobody, when no rule had to act, or
    /// when the brake is said to hold.
    /// </summary>
    private string? StandsBy()
    {
        var now = Machine.ElapsedUsec;
        if (!MustAct(now) || !_run.Stage.Kernel.Daemon.IsAlive) return null;

        // The brake holds for as long as pressure does, whenever it was engaged; but it must be said.
        if (_heldBackUsec > now - SaysWhyUsec) return null;
        foreach (var process in _run.Stage.Processes)
        {
            if (process.State != ProcessState.Running || process.OomScoreAdj == -1000) continue;
            if (!process.Cgroup.Path.StartsWith("/app.slice/p", StringComparison.Ordinal)) continue;
            if (process.StartUsec > Machine.NowUsec - StandByUsec) continue;
            if (process.Resident(RegionKind.Anon) < WorthwhilePages) continue;
            return process.Comm;
        }

        return null;
    }

    private bool MustAct(long now)
    {
        if (_drawn.Shipped)
            return IsLong(_exhaustedSinceUsec, now, StandByUsec) || IsLong(_thrashesSinceUsec, now, ThrashUsec);
        foreach (var condition in _conditions)
        {
            // One that asks when memory will be at its end need not act for as long as there is swap left.
            if (condition.IsKill && !condition.IsOfTime && IsLong(condition.HeldSinceUsec, now, StandByUsec))
                return true;
        }

        return false;
    }

    private bool IsLong(long sinceUsec, long now, long usec) =>
        sinceUsec >= 0 && now - long.Max(sinceUsec, _lastSignalUsec) >= usec;
}
