namespace PressureD.Core.Engine;

/// <summary>Why a metric has no value.</summary>
internal enum UnknownCause
{
    /// <summary>It cannot be read here.</summary>
    Unreadable,

    /// <summary>It is a function over a window that is not full yet.</summary>
    WindowOpen,

    /// <summary>It is an average, the rule has just acted, and too little time has passed to judge anew.</summary>
    JustActed,
}
