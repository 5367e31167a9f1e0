using System;
using PressureD.Core.Incidents;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Services;

namespace PressureD.Systemd.Bus;

/// <summary>Where the service appears, and how patient it is.</summary>
public sealed record BusServiceOptions
{
    public required BusAddress Address { get; init; }

    /// <summary>What the loop asks of systemd; null when it asks nothing.</summary>
    public ServiceJobs? Jobs { get; init; }

    /// <summary>Wakes the loop when one of those has ended.</summary>
    public IWake? JobsWake { get; init; }

    /// <summary>The daemon's version, as its property says it.</summary>
    public required string Version { get; init; }

    /// <summary>Until the first new attempt after a connection was lost; doubled each time. Microseconds.</summary>
    public long FirstRetryUsec { get; init; } = 250_000;

    /// <summary>The longest time between attempts. Microseconds.</summary>
    public long LongestRetryUsec { get; init; } = 30_000_000;

    /// <summary>
    /// How long the bus may leave a name request or our messages lying before it counts as hanging. Microseconds.
    /// </summary>
    public long HangUsec { get; init; } = 30_000_000;

    /// <summary>How long the loop may take to answer a method call. Microseconds.</summary>
    public long AnswerUsec { get; init; } = 5_000_000;

    /// <summary>
    /// Asks for the policy to be read again, returns at once, and calls back from any thread when that is over; null
    /// where there is nothing to read.
    /// </summary>
    public Action<Action<ReloadResult>>? Reload { get; init; }

    /// <summary>Where incidents that are kept are asked for; null where none are.</summary>
    public IncidentDesk? Incidents { get; init; }

    /// <summary>Tells of incidents that are kept now; nobody else may consume it. Null where none are.</summary>
    public EventRing? IncidentEvents { get; init; }

    /// <summary>
    /// When a process started, clock ticks since boot, or −1 when it is gone: what is asked for by number means the one
    /// that has it at the asking. Any thread; null where nobody knows.
    /// </summary>
    public Func<int, long>? StartOf { get; init; }

    /// <summary>Whether polkit says who else than root may steer; elsewhere it knows nobody.</summary>
    public bool AsksPolkit { get; init; }

    /// <summary>The shortest time between two announcements of changed properties. Microseconds.</summary>
    public long AnnounceUsec { get; init; } = 1_000_000;
}
