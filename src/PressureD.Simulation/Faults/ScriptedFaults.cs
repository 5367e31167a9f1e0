using System;
using System.Collections.Generic;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Faults;

/// <summary>Faults that a test lists: each happens to the next calls that it fits, so many times.</summary>
public sealed class ScriptedFaults : IFaultPlan
{
    private readonly List<Entry> _calls = [];
    private readonly Queue<(long AtUsec, WakeFault Fault)> _wakes = new();
    private readonly Dictionary<int, long> _stuck = [];

    /// <summary>Faults that have not happened yet.</summary>
    public int Remaining => _calls.Count + _wakes.Count;

    /// <summary>The next calls of a kind whose path ends so answer an error.</summary>
    public ScriptedFaults Fail(KernelCallKind kind, string pathEnd, int errno, int times = 1, long fromUsec = 0) =>
        Add(kind, pathEnd, new Fault { Errno = errno }, times, fromUsec);

    /// <summary>The next reads of a file end early.</summary>
    public ScriptedFaults Truncate(KernelCallKind kind, string pathEnd, int bytes, int times = 1, long fromUsec = 0) =>
        Add(kind, pathEnd, new Fault { TruncateToBytes = bytes }, times, fromUsec);

    /// <summary>The next operations take longer.</summary>
    public ScriptedFaults Delay(string pathEnd, long delayUsec, int times = 1, long fromUsec = 0) =>
        Add(KernelCallKind.Begin, pathEnd, new Fault { DelayUsec = delayUsec }, times, fromUsec);

    /// <summary>The first wake-up at or after a moment of the monotonic clock is late.</summary>
    public ScriptedFaults WakeLate(long fromUsec, long lateUsec)
    {
        _wakes.Enqueue((fromUsec, new WakeFault(lateUsec, 0)));
        return this;
    }

    /// <summary>The clock jumps at the first wake-up at or after a moment of the monotonic clock.</summary>
    public ScriptedFaults ClockGap(long fromUsec, long gapUsec)
    {
        _wakes.Enqueue((fromUsec, new WakeFault(0, gapUsec)));
        return this;
    }

    /// <summary>No call fails any more.</summary>
    public void Stop() => _calls.Clear();

    /// <summary>A process hangs so long when it is killed.</summary>
    public ScriptedFaults Stick(int pid, long usec)
    {
        _stuck[pid] = usec;
        return this;
    }

    public Fault OnCall(in KernelCall call)
    {
        for (var index = 0; index < _calls.Count; index++)
        {
            var entry = _calls[index];
            if (entry.Kind != call.Kind || call.NowUsec < entry.FromUsec) continue;
            if (!call.Path.EndsWith(entry.PathEnd, StringComparison.Ordinal)) continue;
            if (--entry.Times == 0) _calls.RemoveAt(index);
            return entry.Fault;
        }

        return default;
    }

    public WakeFault OnWake(long nowUsec) =>
        _wakes.TryPeek(out var next) && nowUsec >= next.AtUsec ? _wakes.Dequeue().Fault : default;

    public long StickUsec(SimulatedProcess victim) => _stuck.GetValueOrDefault(victim.Pid);

    private ScriptedFaults Add(KernelCallKind kind, string pathEnd, Fault fault, int times, long fromUsec)
    {
        _calls.Add(new Entry { Kind = kind, PathEnd = pathEnd, Fault = fault, Times = times, FromUsec = fromUsec });
        return this;
    }

    private sealed class Entry
    {
        public required KernelCallKind Kind { get; init; }
        public required string PathEnd { get; init; }
        public required Fault Fault { get; init; }
        public required int Times { get; set; }
        public required long FromUsec { get; init; }
    }
}
