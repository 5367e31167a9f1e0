using System;
using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Core.Services;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Services;

/// <summary>
/// The service manager of a simulated machine: units that are known can be restarted and stopped, which ends the
/// processes of their cgroups; programs take the time that they are said to take.
/// </summary>
public sealed class SimulatedServices : IServiceManager, IServiceJobs
{
    private readonly SimulatedMachine _machine;
    private readonly ServiceJobs _jobs = new();
    private readonly Dictionary<string, SimulatedUnit> _units = [];
    private readonly Dictionary<string, (long Usec, ServiceJobResult Result, string Detail)> _programs = [];

    public SimulatedServices(SimulatedMachine machine) => _machine = machine;

    /// <summary>Everything that was asked for, in order.</summary>
    public List<SimulatedServiceCall> Calls { get; } = [];

    /// <summary>What limits were asked for, the latest of each unit and property.</summary>
    public Dictionary<(string Unit, string Property), ulong> Limits { get; } = [];

    /// <summary>Whether whoever asks is refused, as without a rule of polkit.</summary>
    public bool Refuses { get; set; }

    /// <summary>Whether requests are taken and nothing comes of them.</summary>
    public bool Hangs { get; set; }

    /// <summary>Whether there is no bus on which to ask.</summary>
    public bool IsAway { get; set; }

    /// <summary>Makes a unit known.</summary>
    /// <param name="unit">It.</param>
    public void Add(SimulatedUnit unit) => _units.Add(unit.Name, unit);

    /// <summary>A unit by its name; null when it is not known.</summary>
    public SimulatedUnit? Find(string name) => _units.GetValueOrDefault(name);

    /// <summary>Says how long a program takes, and how it ends; others end well at once.</summary>
    public void SetProgram(
        string path, long usec, ServiceJobResult result = ServiceJobResult.Done, string detail = "") =>
        _programs[path] = (usec, result, detail);

    /// <inheritdoc/>
    public bool? IsActive(string unit) => _units.TryGetValue(unit, out SimulatedUnit? found) && found.IsActive;

    /// <inheritdoc/>
    public bool TrySetLimit(string unit, string property, ulong value)
    {
        if (Hangs || IsAway || Refuses)
            return false;
        if (_units.TryGetValue(unit, out SimulatedUnit? found))
            SetLimit(found, property, value);
        return true;
    }

    /// <inheritdoc/>
    public ServiceJob? Begin(ServiceJobKind kind) => _jobs.Begin(kind);

    /// <inheritdoc/>
    public void Release(ServiceJob job) => _jobs.Release(job);

    /// <inheritdoc/>
    public void Submit(ServiceJob job)
    {
        _jobs.Submit(job);
        string unit = job.Unit.ToString();
        string[] environment = job.Environment.ToString().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        Calls.Add(new SimulatedServiceCall(
            _machine.ElapsedUsec, job.Kind, unit, [.. job.Command], environment, job.User));
        job.Start();
        if (Hangs)
            return;
        if (IsAway)
            End(job, ServiceJobResult.Unavailable, 0);
        else if (Refuses)
            End(job, ServiceJobResult.Refused, 0);
        else if (job.Kind == ServiceJobKind.Run)
            Run(job);
        else if (!_units.TryGetValue(unit, out SimulatedUnit? found))
            End(job, ServiceJobResult.NoSuchUnit, 0);
        else if (job.Kind == ServiceJobKind.SetLimit)
            Limit(job, found);
        else
            Change(job, found);
    }

    /// <summary>A unit's cgroup has appeared: it gets the limits that were asked for.</summary>
    public void Realize(SimulatedUnit unit)
    {
        if (_machine.FindCgroup(unit.Cgroup) is { } cgroup
            && Limits.TryGetValue((unit.Name, "MemorySwapMax"), out ulong bytes))
        {
            cgroup.SwapMaxPages = bytes == ulong.MaxValue ? SimulatedCgroup.NoLimit : Pages.FromBytes((long)bytes);
        }
    }

    /// <summary>As systemd does, a moment after its answer.</summary>
    private void SetLimit(SimulatedUnit unit, string property, ulong value)
    {
        Limits[(unit.Name, property)] = value;
        After(20_000, () => Realize(unit));
    }

    private void Limit(ServiceJob job, SimulatedUnit unit)
    {
        SetLimit(unit, job.Property, job.Value);
        job.End(ServiceJobResult.Done);
    }

    private void Run(ServiceJob job)
    {
        (long usec, ServiceJobResult result, string? detail) = _programs.GetValueOrDefault(job.Command[0]);
        bool late = usec > job.TimeoutUsec;
        if (!late && detail is not null)
            job.Detail.Append(detail);
        End(job, late ? ServiceJobResult.TimedOut : result, late ? job.TimeoutUsec : usec);
    }

    private void Change(ServiceJob job, SimulatedUnit unit)
    {
        bool restart = job.Kind == ServiceJobKind.Restart;
        After(unit.StopUsec, () =>
        {
            foreach (SimulatedProcess process in _machine.Processes.Where(unit.Holds).ToArray())
                _machine.Signal(process, Signals.Kill);
            unit.IsActive = false;
            if (!restart)
                End(job, unit.Result, 0);
        });
        if (restart)
        {
            After(unit.StopUsec + unit.StartUsec, () =>
            {
                unit.IsActive = unit.Result == ServiceJobResult.Done;
                if (unit.IsActive)
                    unit.OnStart?.Invoke();
                End(job, unit.Result, 0);
            });
        }
    }

    private void End(ServiceJob job, ServiceJobResult result, long usec) => After(usec, () => job.End(result));

    private void After(long usec, Action act)
    {
        if (usec == 0)
            act();
        else
            _machine.At(_machine.ElapsedUsec + usec, _ => act());
    }
}
