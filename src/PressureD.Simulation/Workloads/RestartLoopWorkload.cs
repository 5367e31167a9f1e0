using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>A service that fails and is started again and again; this process is its starter.</summary>
public sealed class RestartLoopWorkload : Workload
{
    private SimulatedProcess? _life;
    private long _nextUsec;

    /// <summary>What each life grows to.</summary>
    public long LifeBytes { get; init; } = 60L << 20;

    public long BytesPerSecond { get; init; } = 100L << 20;

    /// <summary>How long one runs.</summary>
    public long LifeUsec { get; init; } = 1_000_000;

    /// <summary>Until the next.</summary>
    public long PauseUsec { get; init; } = 100_000;

    /// <summary>Lives so far.</summary>
    public int Lives { get; private set; }

    public override void Tick(TaskTick task)
    {
        if (_life is { State: ProcessState.Running } life)
        {
            if (task.NowUsec >= life.StartUsec + LifeUsec) task.Machine.Exit(life);
            return;
        }

        if (_life is { IsAlive: true }) return;
        if (_life is not null)
        {
            _life = null;
            _nextUsec = task.NowUsec + PauseUsec;
        }

        if (task.NowUsec < _nextUsec) return;
        _life = task.Machine.Fork(task.Process, new ProcessOptions
        {
            Comm = "worker",
            Cgroup = task.Process.Cgroup.Path,
            ParentPid = task.Process.Pid,
            Uid = task.Process.Options.Uid,
            Workload = new LeakWorkload { BytesPerSecond = BytesPerSecond, CeilingBytes = LifeBytes },
        });

        // What pids.max refuses has failed as well.
        if (_life is null) _nextUsec = task.NowUsec + PauseUsec;
        else Lives++;
    }
}
