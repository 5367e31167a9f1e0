namespace PressureD.Core.Victims;

/// <summary>What tells one process or cgroup from every other of the same boot, whatever has its place later.</summary>
/// <param name="Pid">The process; 0 for a cgroup.</param>
/// <param name="Mark">When the process started, clock ticks since boot; the cgroup's inode.</param>
internal readonly record struct VictimIdentity(int Pid, long Mark)
{
    public bool IsCgroup => Pid == 0;

    public static VictimIdentity OfProcess(int pid, long startTicks) => new(pid, startTicks);

    public static VictimIdentity OfCgroup(long inode) => new(0, inode);
}
