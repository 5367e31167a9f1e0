using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PressureD.Core.Commands;
using PressureD.Core.Durable;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Loop;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Script;
using PressureD.Simulation.Services;
using PressureD.Simulation.Workloads;
using PressureD.Yaml;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>A simulated machine with the daemon's loop on it. Times are seconds since the simulation began.</summary>
internal sealed class Scene : IDisposable
{
    public const long MiB = 1L << 20;

    private readonly SimulatedKernel _kernel;
    private readonly SimulatedRunStore _store = new(UndoJournal.StoreBytes);
    private readonly SnapshotBoard _board = new();
    private readonly DaemonSnapshot _snapshot = new();
    private readonly Recorder _recorder;
    private readonly bool _dryRun;
    private PolicySet _policy;

    /// <param name="policy">Its text.</param>
    /// <param name="machine">What is simulated.</param>
    /// <param name="kernel">How it is seen.</param>
    /// <param name="dryRun">Whether actions are only said.</param>
    /// <param name="over">The text of a file that comes after it and may change its rules.</param>
    public Scene(
        string policy,
        MachineOptions? machine = null,
        SimulatedKernelOptions? kernel = null,
        bool dryRun = false,
        string? over = null)
    {
        _dryRun = dryRun;
        Machine = new SimulatedMachine(machine ?? new MachineOptions());
        _kernel = new SimulatedKernel(Machine, kernel ?? new SimulatedKernelOptions());
        Kernel = new WatchedKernel(_kernel);
        _recorder = new Recorder(Machine.Options.StartUsec);
        _policy = over is null ? Compile(policy) : Compile(policy, over);
    }

    /// <summary>The shipped policy's text.</summary>
    public static string Shipped { get; } = ReadConfig("pressured.yaml");

    /// <summary>The text of one of the presets.</summary>
    public static string Preset(string name) => ReadConfig(Path.Combine("presets", $"{name}.yaml"));

    public SimulatedMachine Machine { get; }

    public WatchedKernel Kernel { get; }

    /// <summary>Puts something between the loop and its kernel.</summary>
    public Func<IKernel, IKernel>? Wrap { get; init; }

    public ScriptedFiles Files => _kernel.Files;

    public SimulatedProcess Daemon => _kernel.Daemon;

    /// <summary>The loop; it is made at the first use, so that it finds what the test has set up.</summary>
    public DaemonLoop Loop => field ??= MakeLoop();

    /// <summary>The machine's service manager.</summary>
    public SimulatedServices Services { get => field ??= new SimulatedServices(Machine); private init; }

    /// <summary>Whether the machine has one.</summary>
    public bool HasServices { get; init; } = true;

    /// <summary>What was recorded of each firing.</summary>
    public IncidentShelf Incidents { get; } = new();

    /// <summary>What is shown of those that go on.</summary>
    public OpenIncidents OpenIncidents { get; } = new(new NobodyWaits(), new NobodyWaits());

    public List<Said> Events => _recorder.Events;

    /// <summary>When steps ended, microseconds since the simulation began.</summary>
    public List<long> Steps { get; } = [];

    /// <summary>What the loop is asked, and answers.</summary>
    public CommandQueue Commands { get; } = new();

    public double Now => Machine.ElapsedUsec / 1e6;

    public DaemonSnapshot Snapshot
    {
        get
        {
            Assert.True(_board.TryRead(_snapshot, out _));
            return _snapshot;
        }
    }

    /// <summary>The policy of files in this order.</summary>
    public static PolicySet Compile(params string[] texts)
    {
        PolicyResult result = PolicyReader.Read(texts.Select(
            (text, i) => (i == 0 ? "p.yaml" : $"p{i}.yaml", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))).ToList());
        Assert.True(result.Policy is not null, string.Join('\n', result.Diagnostics));
        return result.Policy;
    }

    /// <summary>Starts a process in a cgroup that is made when it is missing.</summary>
    public SimulatedProcess Start(string comm, string cgroup, long mib = 0, Workload? does = null, int pid = 0)
    {
        return Start(new ProcessOptions
        {
            Comm = comm, Cgroup = cgroup, AnonBytes = mib * MiB, Workload = does, Pid = pid, Uid = 1000,
        });
    }

    public SimulatedProcess Start(ProcessOptions options)
    {
        Machine.MakeCgroup(options.Cgroup);
        return Machine.Start(options);
    }

    /// <summary>At a time of the simulation, files say something else.</summary>
    public void At(double seconds, Action act) => Machine.At((long)(seconds * 1e6), _ => act());

    /// <summary>The memory pressure of the machine or of a cgroup, as it stands until the next call.</summary>
    public void Pressure(double full, long totalUsec = 0, string cgroup = "") => Files.Set(
        cgroup.Length == 0 ? "/proc/pressure/memory" : $"/sys/fs/cgroup{cgroup}/memory.pressure",
        FormattableString.Invariant(
            $"some avg10={full:F2} avg60=0.00 avg300=0.00 total={totalUsec}\nfull avg10={full:F2} avg60=0.00 avg300=0.00 total={totalUsec}\n"));

    /// <summary>A value of meminfo.</summary>
    public void Meminfo(string key, long mib) => Files.SetKey("/proc/meminfo", key, $"{mib * 1024} kB");

    /// <summary>Memory as it looks with so much available out of 1000 MiB.</summary>
    public void Available(long mib)
    {
        Meminfo("MemTotal", 1000);
        Meminfo("MemFree", mib);
        Meminfo("MemAvailable", mib);
        Meminfo("AnonPages", 1000 - mib);
    }

    /// <summary>What a control file of a cgroup holds.</summary>
    public string? Holds(string cgroup, string file) => _kernel.ReadAsOwner(cgroup, file)?.Trim();

    /// <summary>Steps until a time has passed.</summary>
    public void Run(double untilSeconds)
    {
        long until = (long)(untilSeconds * 1e6);
        while (Machine.ElapsedUsec < until)
            Step();
    }

    /// <summary>Steps until something holds; fails when it does not by a time.</summary>
    public void RunUntil(Func<bool> condition, double bySeconds)
    {
        while (!condition())
        {
            Assert.True(Now < bySeconds, $"not within {bySeconds} s; said:\n{Text}");
            Step();
        }
    }

    public void Step()
    {
        Loop.Step();
        Steps.Add(Machine.ElapsedUsec);
    }

    /// <summary>Kills the daemon and starts it again on the same machine: the run store is all that it keeps.</summary>
    public Scene Restart(string? policy = null)
    {
        return new Scene(this, policy is null ? _policy : Compile(policy));
    }

    /// <summary>
    /// Kills the daemon in the middle of whatever it does, and starts it again: its workers end with it.
    /// </summary>
    public Scene RestartAfterKill(bool runningWritesAreDone)
    {
        _kernel.EndWorkers(runningWritesAreDone);
        return Restart();
    }

    /// <summary>Asks the loop something and steps until it has answered.</summary>
    public Command Ask(
        CommandKind kind, string name, long number = 0, bool flag = false, string text = "", long startTicks = 0)
    {
        Command command = Commands.Begin(kind)!;
        command.Name.Append(name);
        command.Number = number;
        command.Flag = flag;
        command.Text = text;
        command.StartTicks = startTicks;
        Commands.Submit();
        RunUntil(() => Commands.PeekAnswer() is not null, bySeconds: Now + 5);
        Commands.Release();
        return command;
    }

    public IEnumerable<Said> Of(DaemonEventKind kind) => Events.Where(said => said.Kind == kind);

    /// <summary>When a rule fired, in microseconds.</summary>
    public long[] Fired(string rule) =>
        Of(DaemonEventKind.RuleFired).Where(said => said.Rule == rule).Select(said => said.Usec).ToArray();

    /// <summary>The first step that can see what was planned for a time, in microseconds.</summary>
    public long StepAt(double seconds) => Steps.First(usec => usec >= (long)(seconds * 1e6));

    public string Text => string.Join('\n', Events.Select(said => $"{said.Usec / 1e6:F3} {said.Kind} {said.Text}"));

    public static bool IsDead(SimulatedProcess process) => process.State is ProcessState.Zombie or ProcessState.Reaped;

    /// <summary>Nobody was signalled, neither by us nor by the kernel.</summary>
    public void AssertPeace()
    {
        Assert.True(Kernel.Signals.Count == 0 && Machine.OomKills.Count == 0 && Kernel.Writes.Count == 0, Text);
    }

    public void Dispose() => Loop.Dispose();

    private Scene(Scene before, PolicySet policy)
    {
        _dryRun = before._dryRun;
        Machine = before.Machine;
        _kernel = before._kernel;
        _store = before._store;
        Kernel = before.Kernel;
        _recorder = before._recorder;
        Services = before.Services;
        Steps = before.Steps;
        _policy = policy;
    }

    private DaemonLoop MakeLoop() => new(new LoopOptions
    {
        Kernel = Wrap?.Invoke(Kernel) ?? Kernel,
        Store = _store,
        Sink = _recorder,
        Board = _board,
        Policy = _policy,
        Commands = Commands,
        DryRun = _dryRun,
        Incidents = Incidents,
        OpenIncidents = OpenIncidents,
        Services = HasServices ? Services : null,
    });

    private sealed class NobodyWaits : IWake
    {
        public void Signal()
        {
        }
    }

    private static string ReadConfig(string name)
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "PressureD.sln")))
            directory = directory.Parent;
        return File.ReadAllText(Path.Combine(directory!.FullName, "config", name));
    }
}
