namespace PressureD.Simulation.Machine;

/// <summary>One victim of the kernel's own OOM killer.</summary>
/// <param name="TimeUsec">Monotonic time of the kill.</param>
/// <param name="Pid">The victim.</param>
/// <param name="Comm">Its name.</param>
/// <param name="Uid">Its user.</param>
/// <param name="Cgroup">The victim's cgroup (task_memcg).</param>
/// <param name="LimitCgroup">The cgroup whose limit was hit, or empty when the machine ran out.</param>
/// <param name="AnonKiB">Private resident memory.</param>
/// <param name="FileKiB">Mapped file memory.</param>
/// <param name="ShmemKiB">Shared memory.</param>
/// <param name="PageTableKiB">Page tables.</param>
/// <param name="TotalKiB">Address space.</param>
/// <param name="OomScoreAdj">Its adjustment.</param>
public sealed record OomKillRecord(
    long TimeUsec,
    int Pid,
    string Comm,
    int Uid,
    string Cgroup,
    string LimitCgroup,
    long AnonKiB,
    long FileKiB,
    long ShmemKiB,
    long PageTableKiB,
    long TotalKiB,
    int OomScoreAdj)
{
    /// <summary>The stable line of the kernel log, without its time.</summary>
    public string ConstraintLine => LimitCgroup.Length == 0
        ? $"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,"
            + $"task_memcg={Cgroup},task={Comm},pid={Pid},uid={Uid}"
        : $"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg={LimitCgroup},"
            + $"task_memcg={Cgroup},task={Comm},pid={Pid},uid={Uid}";

    /// <summary>The second line of the kernel log.</summary>
    public string KilledLine => (LimitCgroup.Length == 0 ? "Out of memory" : "Memory cgroup out of memory")
        + $": Killed process {Pid} ({Comm}) total-vm:{TotalKiB}kB, anon-rss:{AnonKiB}kB, file-rss:{FileKiB}kB, "
        + $"shmem-rss:{ShmemKiB}kB, UID:{Uid} pgtables:{PageTableKiB}kB oom_score_adj:{OomScoreAdj}";
}
