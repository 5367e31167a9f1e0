using System;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Pressure;

/// <summary>
/// Turns what each task of a group did in one tick into the group's stall. Tasks are dealt to processors in turn; on
/// one processor they are taken as independent; processors are weighted by their time that was not idle, as the kernel
/// does.
/// </summary>
internal sealed class StallAccount
{
    private const long One = FixedPoint.One;

    private readonly Cpu[] _cpus;
    private int _dealt;
    private int _next;

    public StallAccount(int cpuCount)
    {
        _cpus = new Cpu[cpuCount];
        _dealt = cpuCount;
        Clear();
    }

    private Span<Cpu> Dealt => _cpus.AsSpan(0, _dealt);

    public void Clear()
    {
        // A processor that no task was dealt to is as it was, idle.
        Dealt.Fill(new Cpu { Idle = One, NoMemory = One, NoIo = One, NoRun = One, NoRunMemory = One, NoRunIo = One });
        _dealt = 0;
        _next = 0;
    }

    /// <summary>Adds one task's tick, in shares of the tick.</summary>
    /// <param name="run">On a processor outside reclaim.</param>
    /// <param name="memory">In a memory stall, whether on a processor or waiting.</param>
    /// <param name="io">Waiting for a device, in a memory stall as well or not.</param>
    /// <param name="waiting">In either: waiting for a page with the workingset flag is both.</param>
    public void Add(long run, long memory, long io, long waiting)
    {
        var busy = long.Min(One, run + waiting);
        if (busy == 0) return;
        ref var cpu = ref _cpus[_next];
        if (++_next == _cpus.Length) _next = 0;
        if (_dealt < _cpus.Length) _dealt++;
        cpu.Idle = cpu.Idle * (One - busy) >> FixedPoint.Shift;
        cpu.NoMemory = cpu.NoMemory * (One - memory) >> FixedPoint.Shift;
        cpu.NoIo = cpu.NoIo * (One - io) >> FixedPoint.Shift;
        cpu.NoRun = cpu.NoRun * (One - run) >> FixedPoint.Shift;
        cpu.Runs += run;
        cpu.NoRunMemory = cpu.NoRunMemory * long.Max(0, One - run - memory) >> FixedPoint.Shift;
        cpu.NoRunIo = cpu.NoRunIo * long.Max(0, One - run - io) >> FixedPoint.Shift;
    }

    /// <summary>Books the tick into a group.</summary>
    public void Book(PsiGroup group, long tickNsec, long nowNsec)
    {
        long busy = 0, memorySome = 0, memoryFull = 0, ioSome = 0, ioFull = 0;
        foreach (ref readonly var cpu in Dealt)
        {
            var weight = One - cpu.Idle;
            busy += weight;
            memorySome += weight * (One - cpu.NoMemory);
            memoryFull += weight * (cpu.NoRun - cpu.NoRunMemory);
            ioSome += weight * (One - cpu.NoIo);
            ioFull += weight * (cpu.NoRun - cpu.NoRunIo);
        }

        if (busy == 0) return;
        Add(group, PsiState.MemorySome, memorySome, busy, tickNsec, nowNsec);
        Add(group, PsiState.MemoryFull, memoryFull, busy, tickNsec, nowNsec);
        Add(group, PsiState.IoSome, ioSome, busy, tickNsec, nowNsec);
        Add(group, PsiState.IoFull, ioFull, busy, tickNsec, nowNsec);
    }

    /// <summary>
    /// Books how long tasks of a group waited for processors. On one processor they run one after the other: where
    /// somebody wants it, some wait as long as all of them do together, and all wait while none runs.
    /// </summary>
    /// <param name="group">Whose tick.</param>
    /// <param name="waits">Which share of its <c>run</c> each task waited.</param>
    /// <param name="isMachine">Of which the kernel tells no full stall of processors.</param>
    /// <param name="tickNsec">How long a tick is.</param>
    /// <param name="nowNsec">When it ended.</param>
    public void BookCpu(PsiGroup group, long waits, bool isMachine, long tickNsec, long nowNsec)
    {
        long busy = 0, some = 0, full = 0;
        foreach (ref readonly var cpu in Dealt)
        {
            var weight = One - cpu.Idle;
            var wanted = One - cpu.NoRun;
            var waiting = cpu.Runs * waits >> FixedPoint.Shift;
            busy += weight;
            some += weight * long.Min(wanted, waiting);
            full += weight * long.Max(0, wanted - (cpu.Runs - waiting));
        }

        if (busy == 0) return;
        Add(group, PsiState.CpuSome, some, busy, tickNsec, nowNsec);
        if (!isMachine) Add(group, PsiState.CpuFull, full, busy, tickNsec, nowNsec);
    }

    private static void Add(PsiGroup group, PsiState state, long weighted, long busy, long tickNsec, long nowNsec) =>
        group.AddStall(state, (weighted / busy * tickNsec) >> FixedPoint.Shift, nowNsec);

    private struct Cpu
    {
        public long Idle;
        public long NoMemory;
        public long NoIo;
        public long NoRun;
        public long Runs;
        public long NoRunMemory;
        public long NoRunIo;
    }
}
