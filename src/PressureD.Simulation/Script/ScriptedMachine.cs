using System;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Script;

/// <summary>
/// A machine whose numbers are written down: literal files, processes and cgroups over virtual time, so that a test
/// pins the step at which something must happen. What is not written is a quiet machine's.
/// </summary>
/// <example>
/// <code>
/// var kernel = new ScriptedMachine()     .Cgroup("/job/a").Process(1000, "ld", "/job/a", anonMiB: 300)
/// .At(3_000_000).MemInfo("MemAvailable", 100 * 1024).Pressure("/", "memory", "35.00", "20.00")
/// .At(9_000_000).Exit(1000)     .Build();
/// </code>
/// </example>
public sealed class ScriptedMachine
{
    private readonly SimulatedKernelOptions _options;
    private long _atUsec;

    /// <summary>A quiet machine: 4 GiB, two processors, no swap, unless given otherwise.</summary>
    public ScriptedMachine(MachineOptions? machine = null, SimulatedKernelOptions? kernel = null)
    {
        Machine = new SimulatedMachine(machine ?? new MachineOptions { RamBytes = 4L << 30 });
        _options = kernel ?? new SimulatedKernelOptions();
    }

    public SimulatedMachine Machine { get; }

    /// <summary>Literal content laid over the machine's files.</summary>
    internal ScriptedFiles Files => _options.Files;

    /// <summary>What follows happens at this moment.</summary>
    /// <param name="elapsedUsec">Since the beginning; moments may come in any order.</param>
    public ScriptedMachine At(long elapsedUsec)
    {
        _atUsec = elapsedUsec;
        return this;
    }

    /// <summary>A file has this content from the moment on.</summary>
    public ScriptedMachine File(string path, string content) => Do(_ => _options.Files.Set(path, content));

    /// <summary>A control file of a cgroup has this content from the moment on.</summary>
    public ScriptedMachine File(string cgroup, string name, string content) => File(PathOf(cgroup, name), content);

    /// <summary>One value of a keyed file is this from the moment on.</summary>
    public ScriptedMachine Key(string path, string key, string value) =>
        Do(_ => _options.Files.SetKey(path, key, value));

    /// <summary>One value of /proc/meminfo, in kB.</summary>
    public ScriptedMachine MemInfo(string key, long kiB) => Key("/proc/meminfo", key, $"{kiB} kB");

    /// <summary>One counter of /proc/vmstat.</summary>
    public ScriptedMachine VmStat(string key, long value) => Key("/proc/vmstat", key, $"{value}");

    /// <summary>A pressure file says this from the moment on: averages over 10 s, and totals in microseconds.</summary>
    /// <param name="cgroup">A cgroup's path, or "/" for the machine.</param>
    /// <param name="resource">memory, io or cpu.</param>
    /// <param name="some10">As printed: "12.34".</param>
    /// <param name="full10">As printed.</param>
    /// <param name="someTotalUsec">All stall so far.</param>
    /// <param name="fullTotalUsec">All stall so far.</param>
    public ScriptedMachine Pressure(
        string cgroup,
        string resource,
        string some10,
        string full10,
        long someTotalUsec = 0,
        long fullTotalUsec = 0) => File(
        cgroup == "/" ? "/proc/pressure/" + resource : PathOf(cgroup, resource + ".pressure"),
        $"some avg10={some10} avg60=0.00 avg300=0.00 total={someTotalUsec}\n"
        + $"full avg10={full10} avg60=0.00 avg300=0.00 total={fullTotalUsec}\n");

    /// <summary>Opening and reading a file answer this error number from the moment on.</summary>
    public ScriptedMachine Fail(string path, int errno) => Do(_ => _options.Files.Fail(path, errno));

    /// <summary>A file is the machine's own again.</summary>
    public ScriptedMachine Restore(string path) => Do(_ => _options.Files.Restore(path));

    /// <summary>A cgroup appears, with all above it.</summary>
    public ScriptedMachine Cgroup(string path) => Do(machine => machine.MakeCgroup(path));

    /// <summary>A cgroup disappears; its processes must have ended.</summary>
    public ScriptedMachine RemoveCgroup(string path) => Do(machine =>
    {
        if (machine.FindCgroup(path) is { } cgroup) machine.RemoveCgroup(cgroup);
    });

    /// <summary>A sleeping process appears.</summary>
    public ScriptedMachine Process(int pid, string comm, string cgroup, long anonMiB = 1, int oomScoreAdj = 0,
        int uid = 0) =>
        Process(new ProcessOptions
        {
            Pid = pid,
            Comm = comm,
            Cgroup = cgroup,
            AnonBytes = anonMiB << 20,
            OomScoreAdj = oomScoreAdj,
            Uid = uid,
        });

    /// <summary>A process appears.</summary>
    public ScriptedMachine Process(ProcessOptions options) => Do(machine => machine.Start(options));

    /// <summary>A process exits by itself.</summary>
    public ScriptedMachine Exit(int pid) => Do(machine =>
    {
        if (machine.FindProcess(pid) is { } process) machine.Exit(process);
    });

    /// <summary>Anything else.</summary>
    public ScriptedMachine Do(Action<SimulatedMachine> act)
    {
        Machine.At(_atUsec, act);
        return this;
    }

    /// <summary>The kernel of this machine; the script may go on being written until its moments have come.</summary>
    public SimulatedKernel Build() => new(Machine, _options);

    private string PathOf(string cgroup, string name) =>
        Machine.Options.Profile.CgroupMount + (cgroup == "/" ? "" : cgroup) + "/" + name;
}
