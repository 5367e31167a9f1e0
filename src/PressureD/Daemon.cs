using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PressureD.Core.Commands;
using PressureD.Core.Durable;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Loop;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Services;
using PressureD.Linux;
using PressureD.Systemd;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Journal;
using PressureD.Systemd.Notify;
using PressureD.Systemd.Units;
using PressureD.Yaml;

namespace PressureD;

/// <summary>
/// Puts the parts together: the loop and, each on a thread of its own, journal, notifications and bus.
/// </summary>
internal sealed class Daemon : IDisposable
{
    /// <summary>Events a hanging consumer may miss none of; at 1.7 KiB each.</summary>
    private const int RingSlots = 64;

    private static readonly TimeSpan LoopPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>A bus that works answers within milliseconds.</summary>
    private static readonly TimeSpan RivalPatience = TimeSpan.FromMilliseconds(200);

    private readonly CommandLine _line;
    private readonly EventDescriptor _journalWake = new();
    private readonly EventDescriptor _busWake = new();
    private readonly EventDescriptor _notifyWake = new();
    private readonly MainWake _mainWake = new();
    private readonly EventRing _mainLog;
    private readonly JournalWriter _journal;
    private readonly SystemdNotifier _notifier;
    private readonly BusService _bus;
    private readonly IncidentKeeper _incidents;
    private readonly LinuxKernel _kernel;
    private readonly IRunStore _store;
    private readonly DaemonLoop _loop;
    private readonly LoopThread _thread;
    private readonly PosixSignalRegistration _hangUp;
    private readonly PolicyKeeper _policies;
    private readonly RivalSearch? _rivals;
    private IHostApplicationLifetime? _lifetime;
    private volatile bool _hasFailed;
    private bool _hasEnded;

    private Daemon(
        CommandLine line,
        LinuxKernel kernel,
        PolicyWatch watch,
        LoadedPolicy loaded,
        IRunStore store,
        string? storeProblem)
    {
        _line = line;
        _kernel = kernel;
        _store = store;
        _mainLog = new EventRing(RingSlots, _journalWake);
        var loopLog = new EventRing(RingSlots, _journalWake);
        var busLog = new EventRing(8, _journalWake);
        var busEvents = new EventRing(RingSlots, _busWake);
        var incidentEvents = new EventRing(8, _busWake);
        _incidents = new IncidentKeeper(kernel, line.DryRun, _journalWake, incidentEvents);
        _journal = new JournalWriter(_journalWake, _mainLog, loopLog, busLog, _incidents.Log)
        {
            Afterwards = _incidents.Drain,
        };
        _journal.Start();
        string dryRun = line.DryRun ? ", dry run: nothing is signalled" : "";
        Say(EventPriority.Info, $"pressured {ProductVersion.Text}{dryRun}");

        var board = new SnapshotBoard(_busWake, _notifyWake);
        var commands = new CommandQueue(new LoopWake(kernel), _busWake);
        _notifier = new SystemdNotifier(board, _notifyWake);
        ServiceJobs? jobs = line.Bus == BusAddress.None || SystemdLibrary.Problem is not null
            ? null
            : new ServiceJobs(_busWake);
        var desk = new IncidentDesk(_mainWake, _busWake);
        var openIncidents = new OpenIncidents(new LoopWake(kernel), _incidents.LoopAnswered);
        _incidents.ReadFor(desk, openIncidents);
        _bus = new BusService(
            new BusServiceOptions
            {
                Address = line.Bus,
                Version = ProductVersion.Text,
                Jobs = jobs,
                JobsWake = new LoopWake(kernel),
                Reload = Reload,
                Incidents = desk,
                IncidentEvents = incidentEvents,
                AsksPolkit = line.Bus == BusAddress.System,
                StartOf = pid => StartOf(kernel, pid),
            },
            board,
            busEvents,
            commands,
            _busWake,
            busLog);
        _rivals = line.Bus == BusAddress.None || SystemdLibrary.Problem is not null ? null : new RivalSearch(line.Bus);
        List<string> reasons = FindReasons();
        if (storeProblem is not null)
            reasons.Add(storeProblem);
        if (_incidents.Problem is { } problem)
            reasons.Add(problem);
        LockMemory(reasons);
        foreach (string reason in reasons)
            Say(EventPriority.Warning, $"degraded: {reason}");
        if (loaded.Degradation is not null)
            Say(EventPriority.Warning, $"degraded: {loaded.Degradation}");

        _loop = new DaemonLoop(new LoopOptions
        {
            Kernel = kernel,
            Store = _store,
            Sink = new EventFanOut(loopLog, busEvents),
            Board = board,
            Policy = loaded.Policy!,
            Commands = commands,
            DryRun = line.DryRun,
            DegradedReasons = reasons.ToArray(),
            Services = jobs,
            Incidents = _incidents.Queue,
            OpenIncidents = openIncidents,
            FirstIncident = _incidents.FirstId,
            PolicyStanding = new PolicyStanding(loaded.Degradation, loaded.Degradation is not null),
        });
        _thread = new LoopThread(kernel, _loop, _notifier.NotifyReady, OnLoopFailed);
        _rivals?.TellLater(_thread.NoteReasons);
        _policies = new PolicyKeeper(line, _mainWake, _thread, _notifier, Say, _incidents.Limit, watch, loaded);
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
    }

    /// <summary>Runs until asked to end.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Run(CommandLine line)
    {
        var watch = new PolicyWatch(line.Config);
        LoadedPolicy loaded = PolicyStore.LoadForStart(line.Config);
        if (loaded.Policy is null)
        {
            foreach (Diagnostic problem in loaded.Problems)
                Console.Error.WriteLine(problem);
            Console.Error.WriteLine("pressured: no policy can be used, "
                + "and no earlier one was kept; nothing is guarded");
            return ExitCode.Policy;
        }

        LinuxKernel kernel = LinuxKernel.Open();
        if (!kernel.Features.ProcessHandles)
        {
            Console.Error.WriteLine("pressured: this kernel has no pidfds (Linux 5.3): "
                + "victims could not be told from others");
            return ExitCode.Machine;
        }

        if (!File.Exists("/proc/meminfo"))
        {
            Console.Error.WriteLine("pressured: /proc/meminfo cannot be read: is /proc mounted?");
            return ExitCode.Machine;
        }

        IRunStore store;
        string? storeProblem;
        try
        {
            (store, storeProblem) = OpenStore(line.DryRun);
        }
        catch (RunStoreBusyException e)
        {
            Console.Error.WriteLine(
                "pressured: another pressured works on this machine "
                    + $"({e.Message}); two would each act on what the other "
                + "has already done. A second one can only be a dry run: pressured --dry-run --bus none");
            return ExitCode.Failure;
        }

        using var daemon = new Daemon(line, kernel, watch, loaded, store, storeProblem);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings
        {
            DisableDefaults = true,
        });
        builder.Services.AddSingleton(daemon);
        builder.Services.AddHostedService<LoopService>();
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        using IHost host = builder.Build();
        daemon._lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        host.Start();
        daemon._policies.Tend(daemon._lifetime.ApplicationStopping, daemon._incidents.Serve);
        host.WaitForShutdown();
        return daemon._hasFailed ? ExitCode.Failure : ExitCode.Success;
    }

    /// <summary>Starts every thread.</summary>
    public void Start()
    {
        _notifier.Start();
        _bus.Start();
        _policies.SettleMemory();
        _thread.Start();

        // Also how a line is written has to be in memory before it matters.
        string rules = QuantityText.Count(_loop.Policy.Rules.Length, "rule");
        Say(EventPriority.Info, $"guarding with {rules}; found {KernelFeaturesReport.Found(_kernel.Features)}");
    }

    /// <summary>Reads the policy again. Any thread, returns at once; see <see cref="PolicyKeeper.Ask"/>.</summary>
    public void Reload(Action<ReloadResult> answer) => _policies.Ask(answer);

    /// <summary>Ends the loop, then whoever tells of it.</summary>
    public void Stop()
    {
        _notifier.NotifyStopping();
        _hasEnded = _thread.Stop(LoopPatience);
        if (!_hasEnded)
            Say(EventPriority.Error, "the loop did not end in time");
        else
        {
            Say(
                EventPriority.Info,
                $"ended after {QuantityText.Count(_loop.Steps, "step")}: "
                    + $"{QuantityText.Count(_thread.AllocatedBytes, "byte")} allocated in them, "
                    + QuantityText.Count(GC.CollectionCount(0) - _policies.SettledCollections, "collection")
                    + " since all was in memory");
        }

        _bus.Dispose();
        _notifier.Dispose();
        _journal.Dispose();
    }

    public void Dispose()
    {
        _hangUp.Dispose();
        _rivals?.Forget();

        // A loop that still runs owns all of this until the process ends, which it is about to.
        if (!_hasEnded)
            return;
        _loop.Dispose();
        _kernel.Dispose();
        (_store as IDisposable)?.Dispose();
    }

    private static long StartOf(LinuxKernel kernel, int pid)
    {
        Span<byte> content = stackalloc byte[2048];
        int length = kernel.ReadProcess(pid, ProcessFile.Stat, content);
        return length > 0 && ProcessStatReader.TryRead(content[..length], out ProcessStat stat) ? stat.StartTicks : -1;
    }

    private void OnHangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        _policies.Ask(null);
    }

    private void OnLoopFailed(Exception e)
    {
        _hasFailed = true;
        Say(EventPriority.Critical, $"the loop failed: {e}");
        _lifetime?.StopApplication();
    }

    private List<string> FindReasons()
    {
        var reasons = new List<string>(KernelFeaturesReport.Missing(_kernel.Features));
        if (SystemdLibrary.Problem is { } library)
            reasons.Add(library);
        if (_rivals is not null)
            reasons.AddRange(_rivals.FindWithin(RivalPatience));
        return reasons;
    }

    /// <summary>
    /// A dry run changes nothing, the memory of real acts included, so that it can run beside a daemon that acts.
    /// </summary>
    private static (IRunStore Store, string? Problem) OpenStore(bool dryRun)
    {
        if (dryRun)
            return (new MemoryRunStore(UndoJournal.StoreBytes), null);
        try
        {
            Directory.CreateDirectory(
                RuntimePaths.Run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            RunStore store = RunStore.Open(RuntimePaths.Run, UndoJournal.StoreBytes);
            return store.LockErrno == 0
                ? (store, null)
                : (store, $"the run store cannot be locked ({Errno.Name(-store.LockErrno)}): "
                    + "under pressure the loop may wait for it");
        }
        catch (Exception e) when (e is IOException and not RunStoreBusyException or UnauthorizedAccessException)
        {
            return (
                new MemoryRunStore(UndoJournal.StoreBytes),
                $"{e.Message}: cooldowns, brake and undo journal will not survive a restart");
        }
    }

    private static void LockMemory(List<string> reasons)
    {
        const int OpenFiles = 65536;

        // As the unit has it. Not -1000: what the daemon starts inherits it.
        const int OomScoreAdj = -900;
        ProcessMemory.RaiseOpenFiles(OpenFiles);
        ProcessMemory.ReturnLargeBlocks();
        int result = ProcessMemory.LockAll();
        if (result < 0)
            reasons.Add($"memory cannot be locked ({Errno.Name(result)}): "
                + "under pressure the daemon itself may be swapped out; "
                + "remedy: LimitMEMLOCK=infinity or CAP_IPC_LOCK");
        result = ProcessMemory.SetOomScoreAdj(OomScoreAdj);
        if (result < 0)
            reasons.Add($"oom_score_adj cannot be lowered ({Errno.Name(result)}): "
                + "the kernel's killer may take the daemon itself; "
                + "remedy: OOMScoreAdjust=-900 or CAP_SYS_RESOURCE");
    }

    /// <summary>
    /// A line from any thread but the loop's. What it names may come from anywhere (paths, policy texts), so it is
    /// escaped.
    /// </summary>
    private void Say(EventPriority priority, string text)
    {
        lock (_mainLog)
        {
            DaemonEvent line = _mainLog.Begin(DaemonEventKind.Log, _kernel.NowUsec, priority);
            line.Text.AppendEscaped(System.Text.Encoding.UTF8.GetBytes(text));
            _mainLog.Commit();
        }
    }
}
