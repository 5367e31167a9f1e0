namespace PressureD.Core.Victims;

/// <summary>Why a candidate was passed over.</summary>
internal enum Refusal
{
    None,
    Gone,
    KernelThread,
    Init,
    Ourselves,
    OurCgroup,
    OomScoreAdjMinimum,
    Protected,
    Omitted,
    Unreadable,
    OutsideFrom,
    TooSmall,
    NotStallingOthers,
    AlreadyDying,
    CannotSignal,
    ResistedKill,
}
