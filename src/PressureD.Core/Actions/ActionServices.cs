using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Engine;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Services;
using PressureD.Core.Victims;

namespace PressureD.Core.Actions;

/// <summary>What action runners work with; and the one place that knows which runner an action has.</summary>
internal sealed class ActionServices
{
    public required IKernel Kernel { get; init; }

    public required IEventSink Sink { get; init; }

    public required CgroupTable Cgroups { get; init; }

    public required ControlWriter Writer { get; init; }

    public required EffectTable Effects { get; init; }

    public required TargetFinder Targets { get; init; }

    public required KillRunner Kills { get; init; }

    public required IncidentRecorder Incidents { get; init; }

    public required ServiceDesk Desk { get; init; }

    public required VictimSelector Selector { get; init; }

    /// <summary>Whether actions are only said.</summary>
    public bool DryRun => Kills.DryRun;

    /// <summary>Whether nothing new is begun for a while; what is under way goes on to its end.</summary>
    public bool IsPaused => Kills.Pause.IsOn;

    /// <summary>When the kernel's own killer was last asked for, by whatever rule; 0 when never.</summary>
    public long KernelOomUsec { get; set; }

    /// <summary>What actions turned out to lack here; the daemon is degraded by it.</summary>
    public ActionNeed Lacking { get; private set; }

    /// <summary>What an action found out that it lacks is lacking from now on.</summary>
    public void NoteLack(ActionNeed need) => Lacking |= need;

    public bool Lacks(ActionNeed need) => (Lacking & need) != 0;

    /// <summary>What it means to lack something, as a sentence without its end.</summary>
    public static ReadOnlySpan<byte> Describe(ActionNeed need) => need switch
    {
        ActionNeed.Reclaim => "this kernel has no memory.reclaim (Linux 5.19): reclaim and offload do nothing"u8,
        ActionNeed.ReclaimSwappiness =>
            "memory.reclaim takes no swappiness here (Linux 6.11): vm.swappiness counts instead"u8,
        ActionNeed.KernelOom => "kernel-oom may not write /proc/sysrq-trigger: it needs the drop-in kernel-oom.conf"u8,
        ActionNeed.Swappiness => "vm.swappiness may not be set: it needs the drop-in swappiness.conf"u8,
        ActionNeed.SwapPlaces => "swap rules are for more cgroups than can be put back: the rest has no limit"u8,
        ActionNeed.UnitLimits =>
            "systemd does not let us set limits of its units (drop-in limits.rules): swap rules write past it, and a "u8
            + "daemon-reload undoes them"u8,
        ActionNeed.SwapFiles =>
            "this kernel has not all files that swap rules set (swap.high: Linux 5.8; zswap.max: CONFIG_ZSWAP; "u8
            + "zswap.writeback: 6.8): those limits do nothing"u8,
        _ => default,
    };

    /// <summary>Adds a sentence for everything that is lacking.</summary>
    public void AddReasons(List<string> reasons)
    {
        for (int bit = 1; bit <= (int)ActionNeed.SwapFiles; bit <<= 1)
        {
            if (Lacks((ActionNeed)bit))
                reasons.Add(Encoding.UTF8.GetString(Describe((ActionNeed)bit)));
        }
    }

    /// <summary>The runner of an action; null for those the engine itself carries out.</summary>
    public ActionRunner? MakeRunner(RuleAction action) => action switch
    {
        ChangeAction change => new ChangeRunner(this, change),
        ReclaimAction reclaim => new ReclaimRunner(this, reclaim),
        OffloadAction offload => new OffloadRunner(this, offload),
        KernelOomAction kernelOom => new KernelOomRunner(this, kernelOom),
        RunAction run => new ServiceRunner(this, run),
        UnitAction unit => new ServiceRunner(this, unit),
        RecordAction record => new RecordRunner(this, record),
        _ => null,
    };
}
