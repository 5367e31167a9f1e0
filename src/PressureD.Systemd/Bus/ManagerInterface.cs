using System;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Systemd.Bus;

/// <summary>org.pressured1.Manager: names, types and the values that a snapshot gives its properties.</summary>
internal static class ManagerInterface
{
    internal const string BusName = "org.pressured1";
    internal const string ObjectPath = "/org/pressured1";
    internal const string Name = "org.pressured1.Manager";
    internal const string KilledSignal = "Killed";
    internal const string LevelChangedSignal = "LevelChanged";
    internal const string RuleFiredSignal = "RuleFired";
    internal const string PolicyReloadedSignal = "PolicyReloaded";
    internal const string IncidentRecordedSignal = "IncidentRecorded";

    /// <summary>All methods, each at the index of its <see cref="ManagerMethod"/>.</summary>
    internal static readonly ManagerMethodInfo[] Methods =
    [
        new(ManagerMethod.Pause, "Pause", "ts", "t", "duration_usec\0reason\0until_usec\0", Access.Control),
        new(ManagerMethod.Resume, "Resume", "", "", "", Access.Control),
        new(ManagerMethod.SetDryRun, "SetDryRun", "sb", "", "rule\0on\0", Access.Control),
        new(ManagerMethod.ListRules, "ListRules", "", "a(sssbbuutt)b", "rules\0complete\0", Access.Open),
        new(ManagerMethod.ListLimits, "ListLimits", "", "a(ssssb)b", "limits\0complete\0", Access.Open),
        new(ManagerMethod.Explain, "Explain", "s", "sua(ssstt)", "rule\0text\0matches\0nearest\0", Access.Open),
        new(
            ManagerMethod.WhyNot, "WhyNot", "s", "ussta(ssst)",
            "rule\0victim_pid\0comm\0victim_cgroup\0expected_bytes\0reasons\0", Access.Open),
        new(ManagerMethod.OpenSamples, "OpenSamples", "u", "h", "interval_msec\0samples\0", Access.Open),
        new(
            ManagerMethod.Reload, "Reload", "", "bua(ssuus)", "in_force\0rules\0diagnostics\0", Access.Control),
        new(
            ManagerMethod.ListIncidents, "ListIncidents", "ttu", "a(ttsss)b",
            "below\0since_usec\0limit\0incidents\0complete\0", Access.Open),
        new(ManagerMethod.GetIncident, "GetIncident", "t", "s", "incident\0json\0", Access.Inspect),
        new(ManagerMethod.Record, "Record", "s", "t", "text\0incident\0", Access.Control),
        new(
            ManagerMethod.Kill, "Kill", "ssub", "busstts",
            "rule\0cgroup\0pid\0dry_run\0signalled\0victim_pid\0comm\0victim_cgroup\0expected_bytes\0incident\0text\0",
            Access.Kill),
    ];

    /// <summary>All properties, each at the index of its <see cref="ManagerProperty"/>.</summary>
    internal static readonly ManagerPropertyInfo[] Properties =
    [
        Describe(ManagerProperty.Version, "s", PropertyAnnouncement.Constant),
        Describe(ManagerProperty.State, "s", PropertyAnnouncement.Always),
        Describe(ManagerProperty.Level, "y", PropertyAnnouncement.Always),
        Describe(ManagerProperty.DryRun, "b", PropertyAnnouncement.Always),
        Describe(ManagerProperty.PausedUntilUSec, "t", PropertyAnnouncement.Always),
        Describe(ManagerProperty.PauseReason, "s", PropertyAnnouncement.Always),
        Describe(ManagerProperty.MemoryTotal, "t", PropertyAnnouncement.UnderPressure),
        Describe(ManagerProperty.MemoryAvailable, "t", PropertyAnnouncement.UnderPressure),
        Describe(ManagerProperty.MemoryAvailableUser, "d", PropertyAnnouncement.UnderPressure),
        Describe(ManagerProperty.SwapTotal, "t", PropertyAnnouncement.UnderPressure),
        Describe(ManagerProperty.SwapFree, "t", PropertyAnnouncement.UnderPressure),
        Describe(ManagerProperty.TimeToExhaustionUSec, "t", PropertyAnnouncement.UnderPressure),
        Describe(ManagerProperty.MemorySomeAvg10, "d", PropertyAnnouncement.UnderPressure),
        Describe(ManagerProperty.MemoryFullAvg10, "d", PropertyAnnouncement.UnderPressure),
        Describe(ManagerProperty.IoFullAvg10, "d", PropertyAnnouncement.UnderPressure),
        Describe(ManagerProperty.Kills, "t", PropertyAnnouncement.Always),
        Describe(ManagerProperty.PolicyDiffers, "b", PropertyAnnouncement.Always),
        Describe(ManagerProperty.DegradedReasons, "as", PropertyAnnouncement.Always),
    ];

    /// <summary>Whether a property has another value in the second snapshot.</summary>
    internal static bool Differs(ManagerProperty property, DaemonSnapshot a, DaemonSnapshot b) => property switch
    {
        ManagerProperty.Version => false,
        ManagerProperty.PauseReason => a.PauseReason != b.PauseReason,
        ManagerProperty.DegradedReasons => !ReferenceEquals(a.DegradedReasons, b.DegradedReasons)
            && !a.DegradedReasons.AsSpan().SequenceEqual(b.DegradedReasons),
        _ => Number(property, a) != Number(property, b),
    };

    /// <summary>Appends a property's value, without the variant around it.</summary>
    internal static void Append(
        ref BusMessage message, ManagerProperty property, DaemonSnapshot snapshot, string version)
    {
        switch (Properties[(int)property].Signature)
        {
            case "s":
                message.Add(property switch
                {
                    ManagerProperty.Version => version,
                    ManagerProperty.PauseReason => snapshot.PauseReason,
                    _ => StateName(snapshot.State),
                });
                break;
            case "y":
                message.Add((byte)Number(property, snapshot));
                break;
            case "b":
                message.Add(Number(property, snapshot) != 0);
                break;
            case "t":
                message.Add(Unsigned(Number(property, snapshot)));
                break;
            case "d":
                message.Add(Percent(Number(property, snapshot)));
                break;
            default:
                message.Open('a', "s");
                foreach (string reason in snapshot.DegradedReasons)
                {
                    message.Add(reason);
                }

                message.Close();
                break;
        }
    }

    /// <summary>A number on the bus: the largest one stands for what is not known, and for what has no end.</summary>
    internal static ulong Unsigned(long number) =>
        number is Quantity.Unknown or Quantity.Unlimited ? ulong.MaxValue : (ulong)Math.Max(number, 0);

    private static ManagerPropertyInfo Describe(
        ManagerProperty property, string signature, PropertyAnnouncement announcement) =>
        new(property, property.ToString(), signature, announcement);

    // What is not known is the NaN without a sign, since tools print the sign of the other one.
    private static double Percent(long millionths) => millionths == Quantity.Unknown
        ? Math.Abs(double.NaN)
        : millionths / (Quantity.Whole / 100.0);

    private static long Number(ManagerProperty property, DaemonSnapshot snapshot) => property switch
    {
        ManagerProperty.State => (long)snapshot.State,
        ManagerProperty.Level => (long)snapshot.Level,
        ManagerProperty.DryRun => snapshot.DryRun ? 1 : 0,
        ManagerProperty.PausedUntilUSec => snapshot.PausedUntilUsec,
        ManagerProperty.MemoryTotal => snapshot.MemoryTotalBytes,
        ManagerProperty.MemoryAvailable => snapshot.MemoryAvailableBytes,
        ManagerProperty.MemoryAvailableUser => snapshot.AvailableUserMillionths,
        ManagerProperty.SwapTotal => snapshot.SwapTotalBytes,
        ManagerProperty.SwapFree => snapshot.SwapFreeBytes,
        ManagerProperty.TimeToExhaustionUSec => snapshot.TimeToExhaustionUsec,
        ManagerProperty.MemorySomeAvg10 => snapshot.MemorySomeAvg10Millionths,
        ManagerProperty.MemoryFullAvg10 => snapshot.MemoryFullAvg10Millionths,
        ManagerProperty.IoFullAvg10 => snapshot.IoFullAvg10Millionths,
        ManagerProperty.Kills => snapshot.Kills,
        ManagerProperty.PolicyDiffers => snapshot.PolicyDiffers ? 1 : 0,
        _ => 0,
    };

    private static string StateName(DaemonState state) => state switch
    {
        DaemonState.Starting => "starting",
        DaemonState.Guarding => "guarding",
        DaemonState.Degraded => "degraded",
        DaemonState.Paused => "paused",
        _ => "stopping",
    };
}
