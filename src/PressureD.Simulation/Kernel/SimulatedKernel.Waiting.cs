using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Kernel;

/// <content>Waiting: the only call in which time moves.</content>
public sealed partial class SimulatedKernel
{
    private const long IdleWakeUsec = 300;
    private const long MostWakeUsec = 50_000;

    private readonly List<int> _watched = [];
    private bool _stepRequested;

    /// <summary>Has <see cref="Wait"/> return, as another thread would.</summary>
    public void RequestStep() => _stepRequested = true;

    /// <inheritdoc/>
    public int Watch(int descriptor)
    {
        switch (Get<Held>(descriptor))
        {
            case null:
                return -Errno.EBADF;
            case Held.Process process:
                return StartWatching(descriptor, process);
            case Held.File { Source: { Cgroup: { } cgroup, CgroupFile.Name: "cgroup.events" } } events:
                if (cgroup.Removed) return -Errno.ENODEV;
                events.SeenVersion = cgroup.EventsVersion;
                return StartWatching(descriptor, events);
            default:
                return -Errno.EINVAL;
        }
    }

    /// <inheritdoc/>
    public int Wait(long deadlineUsec, Span<WaitEvent> events)
    {
        if (events.IsEmpty) return 0;
        var blocked = false;
        int count;
        while (true)
        {
            count = Collect(events);
            if (count > 0 || _stepRequested || NowUsec >= deadlineUsec) break;
            blocked = true;
            MoveTo(long.Min(deadlineUsec, long.Min(_machine.NowUsec + SimulatedMachine.TickUsec, NextOperationUsec())));
        }

        _stepRequested = false;
        if (blocked) WakeUp();
        return count;
    }

    private void WakeUp()
    {
        var fault = _faults.OnWake(NowUsec);
        MoveTo(NowUsec + (_options.WakeLatencyUsec ?? SharedWakeUsec) + fault.LateUsec);
        if (fault.ClockGapUsec <= 0) return;
        _machine.JumpClock(fault.ClockGapUsec);
        _nowUsec += fault.ClockGapUsec / SimulatedMachine.TickUsec * SimulatedMachine.TickUsec;
    }

    // A task that has slept runs before those that have not, but not before the slices that are running end.
    private long SharedWakeUsec => long.Min(
        MostWakeUsec, FixedPoint.Multiply(IdleWakeUsec, _machine.CpuStretch * _machine.Options.Costs.Slowdown));

    private void MoveTo(long nowUsec)
    {
        _machine.AdvanceTo(nowUsec);
        _nowUsec = long.Max(nowUsec, NowUsec);
    }

    private int StartWatching(int descriptor, Held held)
    {
        if (held.Watched) return 0;
        var fault = FaultOf(KernelCallKind.Watch, held.Path);
        if (fault.Errno != 0) return -fault.Errno;
        held.Watched = true;
        _watched.Add(descriptor);
        return 0;
    }

    private int Collect(Span<WaitEvent> events)
    {
        EndOperations();
        var count = 0;
        foreach (var operation in _operations)
        {
            if (count == events.Length) return count;
            if (!operation.Done || operation.Reported) continue;
            operation.Reported = true;
            events[count++] = new WaitEvent(WaitKind.Ticket, operation.Ticket);
        }

        for (var index = 0; index < _watched.Count && count < events.Length; index++)
        {
            var descriptor = _watched[index];
            var held = _descriptors[descriptor]!;
            if (Happened(held) is not { } kind) continue;
            events[count++] = new WaitEvent(kind, descriptor);
            if (kind is not (WaitKind.Exit or WaitKind.Gone)) continue;
            held.Watched = false;
            _watched.RemoveAt(index--);
        }

        return count;
    }

    private static WaitKind? Happened(Held held)
    {
        switch (held)
        {
            case Held.Process { Target.State: ProcessState.Zombie or ProcessState.Reaped }:
                return WaitKind.Exit;
            case Held.Trigger { Cgroup.Removed: true }:
                return WaitKind.Gone;
            case Held.Trigger trigger:
                return trigger.Psi.Consume() ? WaitKind.Pressure : null;
            case Held.File { Source.Cgroup.Removed: true }:
                return WaitKind.Gone;
            case Held.File { Source.Cgroup: { } cgroup } events when events.SeenVersion != cgroup.EventsVersion:
                events.SeenVersion = cgroup.EventsVersion;
                return WaitKind.Changed;
            default:
                return null;
        }
    }
}
