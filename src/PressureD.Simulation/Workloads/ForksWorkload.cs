using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// Starts processes at a rate: a script without a limit, or with children that do the same a fork bomb. A fork that is
/// refused is not made up for.
/// </summary>
public sealed class ForksWorkload : Workload
{
    private Rate _rate;

    public required long ForksPerSecond { get; init; }

    /// <summary>What each child takes at once.</summary>
    public long ChildBytes { get; init; } = 1L << 20;

    /// <summary>How long a child lives; 0: until it is killed.</summary>
    public long LifeUsec { get; init; }

    /// <summary>Children fork as well.</summary>
    public bool IsBomb { get; init; }

    /// <summary>Children so far, theirs included.</summary>
    public long Forked { get; private set; }

    /// <summary>Forks that got nothing: a limit of tasks, or no memory.</summary>
    public long Refused { get; private set; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process) => _rate = new Rate(ForksPerSecond);

    public override void Tick(TaskTick task) => Fork(task, ref _rate);

    internal void Fork(TaskTick task, ref Rate rate)
    {
        var due = rate.Take(task.RemainingNsec / 1000);
        for (; due > 0 && !task.Spent; due--)
        {
            var parent = task.Process;
            var child = task.Fork(new ProcessOptions
            {
                Comm = parent.Comm,
                Arguments = parent.Options.Arguments,
                Exe = parent.Options.Exe,
                Cgroup = parent.Cgroup.Path,
                ParentPid = parent.Pid,
                SessionPid = parent.Options.SessionPid,
                GroupPid = parent.Options.GroupPid,
                Uid = parent.Options.Uid,
                OomScoreAdj = parent.OomScoreAdj,
                Workload = new ForkedWorkload(this),
            });
            if (child is null) Refused++;
            else Forked++;
        }
    }
}
