using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Script;

namespace PressureD.Simulation.Kernel;

/// <summary>
/// The kernel port over a simulated machine: the same bytes, descriptors and error numbers as the real kernel's. Time
/// moves only in <see cref="Wait"/>, tick by tick.
/// </summary>
public sealed partial class SimulatedKernel : IKernel
{
    private const int MaxPathBytes = 4096;
    private const int MaxNameBytes = 255;

    private readonly SimulatedMachine _machine;
    private readonly SimulatedKernelOptions _options;
    private readonly HostFiles _hostFiles;
    private readonly ProcessFiles _processFiles;
    private readonly CgroupFiles _cgroupFiles;
    private readonly ByteText _text = new();
    private readonly List<Held?> _descriptors = [];
    private readonly IFaultPlan _faults;
    private readonly ScriptedFiles _scripted;
    private long _nowUsec;
    private long _callCount;

    public SimulatedKernel(SimulatedMachine machine)
        : this(machine, new SimulatedKernelOptions())
    {
    }

    public SimulatedKernel(SimulatedMachine machine, SimulatedKernelOptions options)
    {
        _machine = machine;
        _options = options;
        _faults = options.Faults;
        _scripted = options.Files;
        _hostFiles = new HostFiles(machine);
        _processFiles = new ProcessFiles(machine);
        _cgroupFiles = new CgroupFiles(machine);
        _nowUsec = machine.NowUsec;
        machine.StickVictim = _faults.StickUsec;
        machine.RunPlanned();
        machine.MakeCgroup(options.OwnCgroup);
        Daemon = machine.Start(new ProcessOptions
        {
            Pid = options.OwnPid,
            Comm = options.OwnComm,
            Cgroup = options.OwnCgroup,
            Uid = options.OwnUid,
            OomScoreAdj = -900,
            AnonBytes = options.OwnBytes,
        });
        Features = Probe();
    }

    private SimulatedKernel(SimulatedKernel beside)
    {
        _machine = beside._machine;
        _options = beside._options with { Faults = NoFaults.Instance };
        _faults = _options.Faults;
        _scripted = beside._scripted;
        _hostFiles = beside._hostFiles;
        _processFiles = beside._processFiles;
        _cgroupFiles = beside._cgroupFiles;
        _nowUsec = beside._nowUsec;
        Daemon = beside.Daemon;
        Features = beside.Features;
    }

    /// <summary>
    /// Another port of the same machine, with descriptors and operations of its own and without faults, for who reads
    /// beside the daemon.
    /// </summary>
    public SimulatedKernel Beside() => new(this);

    /// <summary>The machine behind.</summary>
    public SimulatedMachine Machine => _machine;

    /// <summary>The daemon's own process.</summary>
    public SimulatedProcess Daemon { get; }

    /// <summary>Literal content laid over the machine's files.</summary>
    public ScriptedFiles Files => _scripted;

    /// <summary>Told of every signal and every write of the daemon that the machine took.</summary>
    public Action<KernelAct>? Acted { get; set; }

    /// <summary>Descriptors given out and not closed.</summary>
    public int OpenDescriptors { get; private set; }

    /// <inheritdoc/>
    public KernelFeatures Features { get; }

    /// <inheritdoc/>
    public long NowUsec => _nowUsec = long.Max(_nowUsec, _machine.NowUsec);

    /// <inheritdoc/>
    public void Close(int descriptor)
    {
        if (Get<Held>(descriptor) is not { } held) return;
        if (held is Held.Trigger trigger) trigger.Cgroup.Pressure.Disarm(trigger.Psi);
        if (held.Watched) _watched.Remove(descriptor);
        _descriptors[descriptor] = null;
        OpenDescriptors--;
    }

    private T? Get<T>(int descriptor)
        where T : Held =>
        (uint)descriptor < (uint)_descriptors.Count ? _descriptors[descriptor] as T : null;

    // The lowest free number, as the real kernel gives out: a stale one soon names something else.
    private int Enter(Held held)
    {
        for (var number = FirstDescriptor; number < _descriptors.Count; number++)
        {
            if (_descriptors[number] is not null) continue;
            _descriptors[number] = held;
            OpenDescriptors++;
            return number;
        }

        while (_descriptors.Count < FirstDescriptor) _descriptors.Add(null);
        if (_descriptors.Count >= _options.DescriptorLimit) return -Errno.EMFILE;
        _descriptors.Add(held);
        OpenDescriptors++;
        return _descriptors.Count - 1;
    }

    private Fault FaultOf(KernelCallKind kind, string path) =>
        _faults.OnCall(new KernelCall(kind, path, ++_callCount, NowUsec));

    private string PathOf(SimulatedCgroup cgroup, string name)
    {
        var mount = _machine.Options.Profile.CgroupMount;
        return cgroup.IsRoot ? $"{mount}/{name}" : $"{mount}{cgroup.Path}/{name}";
    }

    /// <summary>Checks a name of one component; 0 or a negative errno.</summary>
    private static int CheckName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Contains((byte)'/') || name.Contains((byte)0)) return -Errno.EINVAL;
        if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)) return -Errno.EINVAL;
        return name.Length > MaxNameBytes ? -Errno.ENAMETOOLONG : 0;
    }

    private KernelFeatures Probe()
    {
        var profile = _machine.Options.Profile;
        return new KernelFeatures
        {
            Cgroups = profile.Cgroups,
            CgroupMount = profile.Cgroups == CgroupMode.None ? "" : profile.CgroupMount,
            MemoryController = profile.Cgroups == CgroupMode.Unified,
            Psi = profile.Psi,
            Triggers = profile.Psi && (profile.UnprivilegedTriggers || _options.ResourceCapability),
            ShortTriggerWindows = _options.ResourceCapability,
            CgroupKill = profile.CgroupKill && profile.Cgroups != CgroupMode.None,
            ProcessHandles = profile.ProcessHandles,
            ReleaseMemory = profile.ReleaseMemory,
            Container = _options.Container,
            OwnPid = Daemon.Pid,
            OwnCgroup = profile.Cgroups == CgroupMode.None ? "" : Daemon.Cgroup.Path,
            PageBytes = Pages.Bytes,
            ClockTicks = 100,
        };
    }

    // Standard input, output and error.
    private const int FirstDescriptor = 3;
}
