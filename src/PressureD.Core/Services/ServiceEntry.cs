using PressureD.Core.Engine;
using PressureD.Core.Publishing;

namespace PressureD.Core.Services;

/// <summary>A job of the service manager together with what it is for. Preallocated and used again.</summary>
internal sealed class ServiceEntry
{
    /// <summary>The job; null when this place is free, or its job is over.</summary>
    public ServiceJob? Job { get; set; }

    public bool IsUsed { get; set; }

    /// <summary>Its result is known and has been said.</summary>
    public bool IsOver { get; set; }

    /// <summary>Nobody waits for it: its place is free once it is over.</summary>
    public bool IsOrphan { get; set; }

    public MatchState? Match { get; set; }

    /// <summary>The rule's name.</summary>
    public string Rule { get; set; } = "";

    public long SinceUsec { get; set; }

    /// <summary>Until when it is waited for.</summary>
    public long DeadlineUsec { get; set; }

    /// <summary>What it does, in words: "restart of nginx.service".</summary>
    public TextBuffer What { get; } = new(160);
}
