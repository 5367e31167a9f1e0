using System.Collections.Generic;

namespace PressureD.Core.Policy.Sentences;

/// <summary>Says what one step of a chain does.</summary>
internal static class ActionText
{
    /// <summary>What it does in one line, and then, where there is more to say, how.</summary>
    public static IReadOnlyList<string> Describe(RuleAction action) => action switch
    {
        KillAction kill => KillText.Describe(kill),
        LogAction log => [$"write to the log: {Quoted.Of(log.Text)}"],
        NotifyAction notify =>
            [$"tell applications and users that the pressure level is {PressureLevelName.Of(notify.Level)}"],
        WaitAction wait => [$"wait {QuantityText.Duration(wait.DurationUsec)}, and go on only if it is still true"],
        RunAction run => [Describe(run)],
        UnitAction unit => [$"{(unit.Restart ? "restart" : "stop")} {unit.Unit}, and wait for it for at most "
            + QuantityText.Duration(unit.TimeoutUsec)],
        RecordAction record => [$"keep a record of what the machine looks like: {Quoted.Of(record.Text)}"],
        ChangeAction change => [ChangeText.Describe(change)],
        ReclaimAction reclaim => [ChangeText.Describe(reclaim)],
        OffloadAction offload => [ChangeText.Describe(offload)],
        KernelOomAction => ["have the kernel's own killer choose a victim"],
        StopAction stop => [stop.OnlyAfterEffect ? "stop here if a step before changed something" : "stop here"],
        _ => [action.GetType().Name],
    };

    public static string Describe(RunAction run) =>
        $"run {string.Join(' ', run.Command)} as {run.User ?? "root"}, and wait for it for at most "
        + QuantityText.Duration(run.TimeoutUsec);
}
