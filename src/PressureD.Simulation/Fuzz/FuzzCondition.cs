using System;
using System.Collections.Generic;
using System.Globalization;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Fuzz;

/// <summary>
/// What a drawn rule asks for, as far as a checker knows it, and since when that has been so. What it asks for besides
/// makes it fire less.
/// </summary>
internal sealed class FuzzCondition
{
    /// <summary>What does not hold at some step of the daemon for less than this it need not have seen.</summary>
    private const long ForgetUsec = 1_500_000;

    /// <summary>Two seconds after its condition a rule is over, and what it changed is put back at once.</summary>
    private const long PutBackUsec = 4_000_000;

    /// <summary>After an act averages are judged by what has been since; they reach as far back.</summary>
    private const long WindowUsec = 12_000_000;

    private readonly long _belowPages;
    private readonly long _stallPercent;
    private readonly long _currentPages;
    private readonly long _forUsec;
    private readonly long _overPages;
    private readonly bool _isOverByStall;
    private readonly Queue<(long Usec, long Nsec)> _stalls = [];
    private long _trueSinceUsec = -1;
    private long _falseSinceUsec = -1;
    private long _lastOverUsec;

    private FuzzCondition(string name, string when, string rule)
    {
        Name = name;
        IsKill = rule.Contains("{ kill:", StringComparison.Ordinal);
        IsOfTime = when.Contains("time_to_exhaustion", StringComparison.Ordinal);
        IsPerSlice = rule.Contains("for-each: \"*.slice\"", StringComparison.Ordinal);
        _belowPages = Number(when, "mem.available < ") * Pages.PerMiB;
        _stallPercent = Number(when, "psi.memory.some.avg10 > ");
        _currentPages = Number(when, "memory.current > ") * Pages.PerMiB;
        _forUsec = Number(when, " for ") * 1_000_000;
        CooldownUsec = Number(rule, "cooldown: ") * 1_000_000;
        var until = Between(rule, "until: ", ",");
        _overPages = until.Length > 0 ? Number(until, "mem.available > ") * Pages.PerMiB : _belowPages;
        _isOverByStall = until.Length == 0 && _stallPercent > 0;
    }

    public string Name { get; }

    public bool IsKill { get; }

    /// <summary>Whether it asks how long memory will last, besides.</summary>
    public bool IsOfTime { get; }

    /// <summary>Whether each slice at the top has a state of its own.</summary>
    public bool IsPerSlice { get; }

    /// <summary>For how long it takes nobody else after an act.</summary>
    public long CooldownUsec { get; }

    /// <summary>Since when all has held, tick by tick, with somebody in app.slice to take; −1: it does not.</summary>
    public long HeldSinceUsec { get; private set; } = -1;

    /// <summary>Reads it from a drawn rule's text.</summary>
    public static FuzzCondition Of(string rule)
    {
        var quoted = Between(rule, "when: \"", "\"");
        return new FuzzCondition(
            Between(rule, "name: ", ","), quoted.Length > 0 ? quoted : Between(rule, "when: ", ","), rule);
    }

    /// <summary>
    /// A tick has ended, or the daemon looks between two, as after a reclaim: whether the rule may be over.
    /// </summary>
    public void NoteOver(SimulatedMachine machine)
    {
        if (_isOverByStall || machine.AvailablePages >= _overPages) _lastOverUsec = machine.ElapsedUsec;
    }

    /// <summary>
    /// KILL was sent, or a victim has begun to leave: what that should give back counts as available for a while, with
    /// which it may be over.
    /// </summary>
    public void NoteCredit(SimulatedMachine machine) => _lastOverUsec = machine.ElapsedUsec;

    /// <summary>Whether the rule, if it was active, cannot have ended for so long that this has effects now.</summary>
    public bool CannotBeOver(SimulatedMachine machine) => machine.ElapsedUsec - _lastOverUsec > PutBackUsec;

    /// <summary>A tick has ended, without faults.</summary>
    public void NoteTick(SimulatedMachine machine)
    {
        var profile = machine.Options.Profile;
        var isKnown = (!IsPerSlice || profile.Cgroups == CgroupMode.Unified) && (_stallPercent == 0 || profile.Psi);
        if (!isKnown || !HoldsClearly(machine)) HeldSinceUsec = -1;
        else if (HeldSinceUsec < 0) HeldSinceUsec = machine.ElapsedUsec;
    }

    /// <summary>The daemon has stepped.</summary>
    public void NoteStep(SimulatedMachine machine)
    {
        NoteOver(machine);
        if (!HoldsClearly(machine)) HeldSinceUsec = -1;
        if (_stallPercent > 0)
        {
            _stalls.Enqueue((machine.ElapsedUsec, machine.Root.Pressure.TotalNsec(PsiState.MemorySome)));
            while (_stalls.Peek().Usec < machine.ElapsedUsec - WindowUsec) _stalls.Dequeue();
        }

        if (_forUsec == 0) return;
        var holds = false;
        if (!IsPerSlice) holds = Holds(machine, null, clearly: false);
        else
            foreach (var slice in machine.Root.Children) holds |= Holds(machine, slice, clearly: false);
        if (holds)
        {
            _falseSinceUsec = -1;
            if (_trueSinceUsec < 0) _trueSinceUsec = machine.ElapsedUsec;
            return;
        }

        if (_falseSinceUsec < 0) _falseSinceUsec = machine.ElapsedUsec;
        if (machine.ElapsedUsec - _falseSinceUsec > ForgetUsec) _trueSinceUsec = -1;
    }

    /// <summary>Whether somebody in a cgroup may be taken by it now.</summary>
    public bool Allows(SimulatedMachine machine, SimulatedCgroup cgroup)
    {
        var slice = cgroup;
        while (slice.Parent is { IsRoot: false } above) slice = above;
        if (!Holds(machine, slice, clearly: false)) return false;
        return _forUsec == 0 || (_trueSinceUsec >= 0 && machine.ElapsedUsec - _trueSinceUsec >= _forUsec);
    }

    private static SimulatedCgroup? AppSlice(SimulatedMachine machine)
    {
        foreach (var slice in machine.Root.Children)
            if (slice.Name == "app.slice") return slice;
        return null;
    }

    private bool HoldsClearly(SimulatedMachine machine) =>
        Holds(machine, IsPerSlice ? AppSlice(machine) : null, clearly: true);

    private bool Holds(SimulatedMachine machine, SimulatedCgroup? slice, bool clearly)
    {
        if (machine.AvailablePages >= _belowPages) return false;
        if (_currentPages > 0 && (slice is null || slice.CurrentPages <= _currentPages)) return false;
        return _stallPercent == 0 || Stalls(machine, clearly);
    }

    private bool Stalls(SimulatedMachine machine, bool clearly)
    {
        var pressure = machine.Root.Pressure;
        if (pressure.Averages(PsiState.MemorySome).Avg10 > _stallPercent * PsiAverages.FixedOne) return true;
        if (clearly) return false;
        var now = pressure.TotalNsec(PsiState.MemorySome);
        foreach (var (usec, nsec) in _stalls)
            if ((now - nsec) * 100 > (machine.ElapsedUsec - usec) * 1000 * _stallPercent) return true;
        return false;
    }

    private static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal);
        if (start < 0) return "";
        start += before.Length;
        var end = text.IndexOf(after, start, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }

    private static long Number(string text, string before)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal);
        if (start < 0) return 0;
        start += before.Length;
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return long.Parse(text.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
