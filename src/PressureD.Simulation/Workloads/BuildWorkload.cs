using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// A parallel build: so many compilers at a time, each grows while it computes, and exits. One that pids.max refuses is
/// tried again.
/// </summary>
public sealed class BuildWorkload : Workload
{
    private int _started;
    private int _running;

    public int Jobs { get; init; } = 4;

    /// <summary>What a compiler grows to.</summary>
    public long JobBytes { get; init; } = 60L << 20;

    /// <summary>Processor time of a compiler.</summary>
    public long JobUsec { get; init; } = 1_000_000;

    /// <summary>Compilers altogether; then the build exits.</summary>
    public int Units { get; init; } = 1000;

    /// <summary>Compilers that have done their work.</summary>
    public int Done { get; private set; }

    public override void Tick(TaskTick task)
    {
        while (_running < Jobs && _started < Units)
        {
            var make = task.Process;
            var started = task.Machine.Fork(make, new ProcessOptions
            {
                Comm = "cc1plus",
                Cgroup = make.Cgroup.Path,
                ParentPid = make.Pid,
                Uid = make.Options.Uid,
                OomScoreAdj = make.OomScoreAdj,
                Workload = new CompilerWorkload(JobBytes, JobUsec, End),
            });
            if (started is null) break;
            _started++;
            _running++;
        }

        task.Run(100_000);
        if (_running == 0 && _started >= Units) task.Machine.Exit(task.Process);
    }

    private void End(bool done)
    {
        _running--;
        if (done) Done++;
    }
}
