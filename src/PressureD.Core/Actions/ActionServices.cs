using PressureD.Core.Cgroups;
using PressureD.Core.Engine;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;

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

    /// <summary>Whether actions are only said.</summary>
    public bool DryRun => Kills.DryRun;

    /// <summary>The runner of an action; null for those the engine itself carries out.</summary>
    public ActionRunner? MakeRunner(RuleAction action) => action switch
    {
        ChangeAction change => new ChangeRunner(this, change),
        _ => null,
    };
}
