using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;

namespace PressureD.Validation;

/// <summary>
/// Watches a machine by its files. A recording laid over a machine and a modelled machine are read by the same code, so
/// that they differ in nothing but what they say.
/// </summary>
internal sealed class Observer
{
    /// <summary>From one look to the next. Recordings have a sample every 200 ms.</summary>
    internal const long EveryUsec = 100_000;

    /// <summary>Who ends so soon after the kernel's killer acted is taken for its victim.</summary>
    private const long DeathUsec = 10_000_000;

    private static readonly KeyedReader MemInfo = new(["MemAvailable", "AnonPages", "SwapTotal", "SwapFree"]);

    private static readonly KeyedReader VmStat = new(
        ["workingset_refault_anon", "workingset_refault_file", "pswpin", "pswpout", "oom_kill"]);

    private readonly Workload _workload;
    private readonly SimulatedKernel _kernel;
    private readonly byte[] _text = new byte[64 << 10];
    private readonly long[] _memory = new long[MemInfo.Count];
    private readonly long[] _counters = new long[VmStat.Count];
    private readonly List<Moment> _moments = [];
    private readonly Dictionary<int, string> _living = [];
    private long _nextUsec;
    private long? _startUsec;
    private long? _killUsec;
    private string? _victim;

    private Observer(Workload workload, SimulatedKernel kernel)
    {
        _workload = workload;
        _kernel = kernel;
    }

    /// <summary>Runs a scenario to its end with nobody acting.</summary>
    /// <exception cref="FormatException">The culprit never came.</exception>
    internal static Observation Observe(Workload workload, Scenario scenario)
    {
        Observer? observer = null;
        ScenarioRun run = new(scenario, null) { TakeTick = machine => observer!.Take(machine) };
        observer = new Observer(workload, run.Stage.Kernel);
        run.Run();
        return new Observation(
            observer._moments,
            observer._startUsec ?? throw new FormatException($"{scenario.Name}: {workload.Culprit} never started"),
            observer._killUsec,
            observer._victim);
    }

    private void Take(SimulatedMachine machine)
    {
        if (machine.ElapsedUsec < _nextUsec)
        {
            return;
        }

        _nextUsec = machine.ElapsedUsec + EveryUsec;
        Moment moment = Look(machine.ElapsedUsec);
        _startUsec ??= FindStart(machine);
        if (_startUsec is not null && _killUsec is null && _moments.Count > 0
            && moment.OomKills > _moments[^1].OomKills)
        {
            _killUsec = moment.Usec;
        }

        _moments.Add(moment);
        FollowDeaths(machine);
    }

    private Moment Look(long usec)
    {
        MemInfo.Read(Read("/proc/meminfo"), _memory);
        VmStat.Read(Read("/proc/vmstat"), _counters);
        PsiReader.TryRead(Read("/proc/pressure/memory"), out PsiReading memory);
        PsiReader.TryRead(Read("/proc/pressure/io"), out PsiReading io);
        Dictionary<string, CgroupMoment> cgroups = new(StringComparer.Ordinal);
        foreach (string cgroup in _workload.Cgroups)
        {
            if (_kernel.ReadAsOwner(cgroup, "memory.current") is not { } current
                || !ValueReader.TryRead(Encoding.UTF8.GetBytes(current + "\n"), out long bytes))
            {
                continue;
            }

            string pressure = _kernel.ReadAsOwner(cgroup, "memory.pressure") ?? "";
            PsiReader.TryRead(Encoding.UTF8.GetBytes(pressure + "\n"), out PsiReading stall);
            cgroups[cgroup] = new CgroupMoment(bytes, stall.Some.TotalUsec);
        }

        return new Moment(
            usec,
            _memory[0],
            _memory[1],
            _memory[2] - _memory[3],
            memory.Some.TotalUsec,
            memory.Full.TotalUsec,
            io.Some.TotalUsec,
            io.Full.TotalUsec,
            memory.Some.Avg10,
            _counters[0],
            _counters[1],
            _counters[2],
            _counters[3],
            _counters[4],
            cgroups);
    }

    private ReadOnlySpan<byte> Read(string path)
    {
        int file = _kernel.OpenFile(KernelDirectory.None, Encoding.UTF8.GetBytes(path));
        if (file < 0)
        {
            return [];
        }

        int length = _kernel.Read(file, _text);
        _kernel.Close(file);
        return _text.AsSpan(0, Math.Max(0, length));
    }

    /// <summary>When the culprit started, to the 10 ms that its stat file tells.</summary>
    private long? FindStart(SimulatedMachine machine)
    {
        SimulatedProcess? culprit = machine.Processes
            .FirstOrDefault(process => process.Cgroup.Path == _workload.Culprit && process.IsAlive);
        if (culprit is null || !ProcessStatReader.TryRead(Read($"/proc/{culprit.Pid}/stat"), out ProcessStat stat))
        {
            return null;
        }

        return (stat.StartTicks * 10_000) - machine.Options.StartUsec;
    }

    private void FollowDeaths(SimulatedMachine machine)
    {
        if (_killUsec is { } killUsec && _victim is null && machine.ElapsedUsec <= killUsec + DeathUsec)
        {
            foreach ((int pid, string cgroup) in _living)
            {
                if (machine.FindProcess(pid) is not { IsAlive: true })
                {
                    _victim = cgroup;
                    return;
                }
            }
        }

        if (_killUsec is not null)
        {
            return;
        }

        _living.Clear();
        foreach (SimulatedProcess process in machine.Processes)
        {
            if (process.IsAlive && _workload.Cgroups.Contains(process.Cgroup.Path))
            {
                _living[process.Pid] = process.Cgroup.Path;
            }
        }
    }
}
