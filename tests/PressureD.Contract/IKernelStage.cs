namespace PressureD.Contract;

/// <summary>
/// The world outside the port: who makes cgroups and starts processes while a kernel is being asked about them. All of
/// it happens below one cgroup of the stage's own. A stage that cannot do what it is asked throws.
/// </summary>
/// <remarks>
/// Paths are below <see cref="Top"/>, with '/' between components and none in front. What a call does may become
/// visible through the kernel only a little later, as with a real kernel: cases wait for events.
/// </remarks>
public interface IKernelStage
{
    /// <summary>
    /// The stage's own cgroup: the name of a child of the cgroup2 root. It exists and holds no processes.
    /// </summary>
    string Top { get; }

    /// <summary>Why no cgroups can be made here, or null when they can.</summary>
    string? CgroupsUnusable { get; }

    /// <summary>
    /// Makes a cgroup, with the memory controller where the machine has it. Its parent exists already.
    /// </summary>
    void CreateCgroup(string path);

    /// <summary>Removes a cgroup that has no children and whose processes have ended or are ending.</summary>
    void RemoveCgroup(string path);

    /// <summary>Gives a cgroup to a user, as a service manager delegates it.</summary>
    void GiveCgroup(string path, int uid);

    /// <summary>
    /// Starts a process that sleeps and uses no processor: comm is <c>cat</c>, arguments are <c>cat</c> and <c>-u</c>,
    /// its environment is <c>CONTRACT=kept</c> and <c>EMPTY=</c>.
    /// It is in the cgroup when this returns; an empty path starts it wherever the stage itself is.
    /// </summary>
    /// <returns>Its pid. The process is a child of the stage: ended, it stays a zombie until it is reaped.</returns>
    int StartProcess(string path);

    /// <summary>Has the process exit by itself, soon.</summary>
    void EndProcess(int pid);

    /// <summary>
    /// Waits until the process has ended, for whatever reason, and reaps it: its pid then names nothing.
    /// </summary>
    void Reap(int pid);

    /// <summary>Asks the kernel's <c>Wait</c> to return, as another thread would.</summary>
    void RequestStep();

    /// <summary>
    /// Ends and reaps what still runs and removes every cgroup below <see cref="Top"/>: the next case starts empty.
    /// </summary>
    void Clear();
}
