using System;

namespace PressureD.Core.Victims;

/// <summary>Refusals in words.</summary>
internal static class RefusalText
{
    public static ReadOnlySpan<byte> Of(Refusal refusal) => refusal switch
    {
        Refusal.None => "taken"u8,
        Refusal.Gone => "gone"u8,
        Refusal.KernelThread => "a kernel thread"u8,
        Refusal.Init => "pid 1"u8,
        Refusal.Ourselves => "this daemon"u8,
        Refusal.OurCgroup => "holds this daemon"u8,
        Refusal.OomScoreAdjMinimum => "oom_score_adj -1000"u8,
        Refusal.Protected => "protected"u8,
        Refusal.Omitted => "its cgroup's attribute oomd_omit"u8,
        Refusal.Unreadable => "cannot be examined, so protected"u8,
        Refusal.OutsideFrom => "outside from"u8,
        Refusal.TooSmall => "smaller than min-size"u8,
        Refusal.NotStallingOthers => "stalls nobody else"u8,
        Refusal.AlreadyDying => "dying already"u8,
        Refusal.CannotSignal => "could not be signalled"u8,
        Refusal.ResistedKill => "survived a kill"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    };
}
