using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Scenarios;

/// <summary>Compares what came of a run with what was expected of it.</summary>
public sealed class ScenarioCheck
{
    private readonly Expectations _expect;
    private readonly ScenarioOutcome _outcome;
    private readonly List<ScenarioFailure> _failures = [];

    private ScenarioCheck(Expectations expect, ScenarioOutcome outcome)
    {
        _expect = expect;
        _outcome = outcome;
    }

    /// <returns>Everything that differs; empty: all is as expected.</returns>
    public static IReadOnlyList<ScenarioFailure> Of(Scenario scenario, ScenarioOutcome outcome)
    {
        var check = new ScenarioCheck(scenario.Expect, outcome);
        check._failures.AddRange(outcome.Refused);
        check.Victims();
        check.Never();
        check.Kernel();
        check.Finished();
        check.Firings();
        check.Levels();
        check.Stalls();
        check.Untouched();
        check.Contents();
        check.Lines();
        return check._failures;
    }

    private void Fail(string text, long aroundUsec = ScenarioFailure.Nowhere) =>
        _failures.Add(new ScenarioFailure(text, aroundUsec));

    private void Victims()
    {
        if (_expect.Victims is not { } expected) return;
        var victims = _outcome.Victims;
        var next = 0;
        foreach (var wanted in expected)
        {
            var count = 0;
            while (count < wanted.AtMost && next < victims.Count && Fits(wanted, victims[next]))
            {
                Victim(wanted, victims[next]);
                count++;
                next++;
            }

            if (count >= wanted.AtLeast) continue;
            var instead = $"{(next < victims.Count ? Describe(victims[next]) : "nobody more")} was signalled";
            var many = wanted.AtLeast > 1 ? $" ({count} of at least {wanted.AtLeast})" : "";
            Fail($"victims: expected {wanted}{many}, {instead}",
                next < victims.Count ? victims[next].SignalUsec : Latest(wanted));
            return;
        }

        for (; next < victims.Count; next++)
        {
            var whom = expected.Count == 0 ? "nobody" : "nobody more";
            Fail($"victims: expected {whom}, {Describe(victims[next])} was signalled", victims[next].SignalUsec);
        }
    }

    private long Latest(ExpectedVictim wanted)
    {
        var usec = long.Min(wanted.BeforeUsec, wanted.DeadByUsec);
        return usec == long.MaxValue ? _outcome.Stage.Machine.ElapsedUsec : usec;
    }

    private static bool Fits(ExpectedVictim wanted, ScenarioVictim victim) => wanted.Cgroup.Length > 0
        ? victim.Cgroup == wanted.Cgroup || victim.Cgroup.StartsWith(wanted.Cgroup + "/", StringComparison.Ordinal)
        : victim.Name == wanted.Process;

    private void Victim(ExpectedVictim wanted, ScenarioVictim victim)
    {
        var who = Describe(victim);
        if (victim.SignalUsec < wanted.AfterUsec)
            Fail($"victims: {who} was signalled too early, expected after {Time(wanted.AfterUsec)}", victim.SignalUsec);
        if (victim.SignalUsec > wanted.BeforeUsec)
            Fail($"victims: {who} was signalled too late, expected before {Time(wanted.BeforeUsec)}",
                wanted.BeforeUsec);
        var endedUsec = victim.Process.EndedUsec == 0
            ? long.MaxValue : victim.Process.EndedUsec - _outcome.Stage.Machine.Options.StartUsec;
        if (endedUsec > wanted.DeadByUsec)
        {
            var when = endedUsec == long.MaxValue ? "lives on" : $"died at {Time(endedUsec)}";
            Fail($"victims: {who} {when}, expected dead by {Time(wanted.DeadByUsec)}", wanted.DeadByUsec);
        }

        if (wanted.Signal != 0 && victim.Signal != wanted.Signal)
            Fail($"victims: {who} got {Name(victim.Signal)} first, expected {Name(wanted.Signal)}", victim.SignalUsec);
        if (wanted.LastSignal != 0 && victim.LastSignal != wanted.LastSignal)
            Fail($"victims: {who} got {Name(victim.LastSignal)} last, expected {Name(wanted.LastSignal)}",
                victim.SignalUsec);
        if (wanted.Rule is { } rule && victim.Rule != rule)
            Fail($"victims: {who} was taken by {victim.Rule ?? "no rule"}, expected {rule}", victim.SignalUsec);
    }

    private string Describe(ScenarioVictim victim) =>
        $"{victim.Name} (pid {victim.Process.Pid}, {victim.Cgroup}, at {Time(victim.SignalUsec)}"
        + $"{(victim.Rule is { } rule ? $", by {rule}" : "")})";

    private void Never()
    {
        foreach (var name in _expect.Never)
        {
            foreach (var victim in _outcome.Victims)
                if (victim.Name == name)
                    Fail($"never: {Describe(victim)} was signalled", victim.SignalUsec);
            foreach (var process in _outcome.Stage.Called(name))
                if (process.KilledByKernel)
                    Fail($"never: {name} was killed by the kernel", EndOf(process));
        }
    }

    private void Kernel()
    {
        var kills = _outcome.KernelKills;
        if (_expect.KernelOom is false && kills.Count > 0)
        {
            var first = kills[0];
            Fail($"kernel-oom: the kernel's own killer took {first.Comm} (pid {first.Pid}, {first.Cgroup})",
                first.TimeUsec - _outcome.Stage.Machine.Options.StartUsec);
        }

        if (_expect.KernelOom is true && kills.Count == 0) Fail("kernel-oom: expected, but the kernel killed nobody");
    }

    private void Finished()
    {
        foreach (var wanted in _expect.Finished)
        {
            foreach (var process in _outcome.Stage.Called(wanted.Process))
            {
                var by = wanted.BeforeUsec == long.MaxValue ? "" : $" by {Time(wanted.BeforeUsec)}";
                if (process.EndedUsec == 0)
                    Fail($"finished: {wanted.Process} has not ended, expected its end{by}");
                else if (process.EndedBySignal != 0)
                    Fail($"finished: {wanted.Process} died of a signal, expected its own end{by}", EndOf(process));
                else if (EndOf(process) > wanted.BeforeUsec)
                    Fail($"finished: {wanted.Process} ended at {Time(EndOf(process))}, expected{by}", EndOf(process));
            }
        }
    }

    private long EndOf(SimulatedProcess process) =>
        process.EndedUsec - _outcome.Stage.Machine.Options.StartUsec;

    private void Firings()
    {
        foreach (var wanted in _expect.Fired)
        {
            var count = 0;
            var oneTooManyUsec = ScenarioFailure.Nowhere;
            foreach (var fired in Fired(wanted.Rule))
            {
                if (wanted.Cgroup is { } cgroup && "/" + fired.Cgroup.TrimStart('/') != cgroup) continue;
                count++;
                if (count - 1 == wanted.AtMost) oneTooManyUsec = fired.Usec;
                if (fired.Usec < wanted.AfterUsec)
                    Fail($"fired: {wanted.Rule} at {Time(fired.Usec)}, expected after {Time(wanted.AfterUsec)}",
                        fired.Usec);
                if (count <= wanted.AtLeast && fired.Usec > wanted.BeforeUsec)
                    Fail($"fired: {wanted.Rule} at {Time(fired.Usec)}, expected before {Time(wanted.BeforeUsec)}",
                        wanted.BeforeUsec);
            }

            var of = wanted.Cgroup is null ? "" : $" for {wanted.Cgroup}";
            if (count < wanted.AtLeast)
                Fail($"fired: {wanted.Rule}{of} {Times(count)}, expected at least {Times(wanted.AtLeast)}",
                    wanted.BeforeUsec == long.MaxValue ? ScenarioFailure.Nowhere : wanted.BeforeUsec);
            if (count > wanted.AtMost)
                Fail($"fired: {wanted.Rule}{of} {Times(count)}, expected at most {Times(wanted.AtMost)}",
                    oneTooManyUsec);
        }

        foreach (var rule in _expect.NotFired)
            foreach (var fired in Fired(rule))
                Fail($"not-fired: {rule} fired at {Time(fired.Usec)}", fired.Usec);
    }

    private static string Times(int count) => count == 1 ? "once" : $"{count} times";

    private IEnumerable<ScenarioEvent> Fired(string rule)
    {
        foreach (var happened in _outcome.Events)
            if (happened.Kind == DaemonEventKind.RuleFired && happened.Rule == rule) yield return happened;
    }

    private void Levels()
    {
        var highest = PressureLevel.Normal;
        var highestUsec = ScenarioFailure.Nowhere;
        foreach (var happened in _outcome.Events)
        {
            if (happened.Kind != DaemonEventKind.LevelChanged || happened.Level <= highest) continue;
            highest = happened.Level;
            highestUsec = happened.Usec;
        }

        if (_expect.HighestLevel is { } wanted && wanted != highest)
            Fail($"highest-level: {Word(highest)}, expected {Word(wanted)}", highestUsec);
        foreach (var (atUsec, level) in _expect.Levels)
        {
            var there = LevelAt(atUsec);
            if (there != level)
                Fail($"level: {Word(there)} at {Time(atUsec)}, expected {Word(level)}", atUsec);
        }
    }

    private PressureLevel LevelAt(long usec)
    {
        var level = PressureLevel.Normal;
        foreach (var happened in _outcome.Events)
            if (happened.Kind == DaemonEventKind.LevelChanged && happened.Usec <= usec) level = happened.Level;
        return level;
    }

    private void Stalls()
    {
        var machine = _outcome.Stage.Machine;
        for (var index = 0; index < _expect.Stalls.Count; index++)
        {
            var wanted = _expect.Stalls[index];
            foreach (var process in _outcome.Stage.Called(wanted.Process))
            {
                if (process.Workload is ProbeWorkload probe)
                {
                    var current = process.IsAlive ? probe.CurrentStallUsec(machine.NowUsec) : 0;
                    var longest = long.Max(probe.LongestStallUsec, current);
                    var endUsec = current < longest
                        ? probe.LongestStallEndUsec - machine.Options.StartUsec : machine.ElapsedUsec;
                    if (longest > wanted.LongestUsec)
                        Fail($"stall: {wanted.Process} {Time(longest)} at the longest, "
                            + $"expected at most {Time(wanted.LongestUsec)}", endUsec);
                }

                var total = ScenarioOutcome.StallUsec(process, machine.NowUsec);
                if (total > wanted.TotalUsec)
                    Fail($"stall: {wanted.Process} {Time(total)} together, expected at most {Time(wanted.TotalUsec)}",
                        _outcome.StalledTooLongUsec[index]);
            }
        }
    }

    private void Untouched()
    {
        foreach (var pattern in _expect.Untouched)
        {
            foreach (var touch in _outcome.Touched)
            {
                if (!pattern.IsMatch(Encoding.UTF8.GetBytes(touch.Cgroup.TrimStart('/')))) continue;
                Fail($"untouched: {touch.Cgroup} was written to, or somebody in it signalled; expected nothing in "
                    + $"\"{pattern.Text}\"", touch.Usec);
                break;
            }
        }
    }

    private void Contents()
    {
        for (var index = 0; index < _expect.Contents.Count; index++)
        {
            var wanted = _expect.Contents[index];
            var there = _outcome.Contents[index];
            if (there == wanted.Content != wanted.Not) continue;
            var atEnd = wanted.AtUsec == long.MaxValue;
            var when = atEnd ? "at the end" : $"at {Time(wanted.AtUsec)}";
            Fail($"content: {wanted.Cgroup}/{wanted.File} is {there ?? "not there"} {when}, expected "
                + $"{(wanted.Not ? "something else than " : "")}{wanted.Content}",
                atEnd ? ScenarioFailure.Nowhere : wanted.AtUsec);
        }
    }

    private void Lines()
    {
        foreach (var part in _expect.Said)
            if (Line(part) is null) Fail($"said: no line of the daemon has \"{part}\"");
        foreach (var part in _expect.NotSaid)
            if (Line(part) is { } line) Fail($"not-said: \"{line.Text}\"", line.Usec);
    }

    private ScenarioEvent? Line(string part)
    {
        foreach (var happened in _outcome.Events)
        {
            if (happened.Source != ScenarioSource.Daemon) continue;
            if (happened.Text.Contains(part, StringComparison.Ordinal)) return happened;
        }

        return null;
    }

    private static string Time(long usec) => QuantityText.Duration(usec);

    private static string Word(PressureLevel level) => PressureLevelName.Of(level);

    private static string Name(int signal) => signal switch
    {
        Signals.Term => "TERM",
        Signals.Kill => "KILL",
        _ => $"signal {signal}",
    };
}
