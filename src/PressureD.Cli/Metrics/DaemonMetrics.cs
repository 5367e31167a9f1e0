using System;
using System.Collections.Generic;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Metrics;

/// <summary>What the daemon says over the bus, as metrics. docs/metrics.md describes each.</summary>
internal static class DaemonMetrics
{
    private static readonly string[] States = ["starting", "guarding", "degraded", "paused", "stopping"];

    /// <summary>The one metric of a daemon that could not be asked.</summary>
    internal static List<MetricFamily> Down() => [Up(false)];

    /// <param name="status">What it says of itself.</param>
    /// <param name="rules">What it says of its rules.</param>
    /// <param name="clock">Null when its clock is another machine's: what has a time is left out then.</param>
    internal static List<MetricFamily> Of(DaemonStatus status, IReadOnlyList<RuleStatus> rules, TimeProvider? clock)
    {
        List<MetricFamily> families =
        [
            Up(true),
            Gauge("build_info", "", "The daemon's version, as a label.").Add(1, ("version", status.Version ?? "")),
            State(status),
            Gauge("pressure_level", "", "0 normal, 50 low, 100 medium, 255 critical; compare as ranges.")
                .Add(status.Level),
            Gauge("dry_run", "", "Whether actions are only said, not done.").Add(status.DryRun),
            Gauge(
                "policy_differs", "",
                "Whether the policy files are not those that the policy in force was read from.")
                .Add(status.PolicyDiffers),
            Gauge("degraded_reasons", "", "How many things are missing or wrong; the status names them.")
                .Add(status.DegradedReasons.Count),
            Gauge("memory_size_bytes", "bytes", "Memory of the machine.").Add(status.MemoryTotalBytes),
            Gauge("memory_available_bytes", "bytes", "Memory the kernel expects to give without swapping.")
                .Add(status.MemoryAvailableBytes),
            Gauge(
                "memory_available_user_ratio", "ratio",
                "Available memory as a share of what is available or held by processes.")
                .Add(status.MemoryAvailableUserPercent / 100),
            Gauge("swap_size_bytes", "bytes", "Swap of the machine.").Add(status.SwapTotalBytes),
            Gauge("swap_free_bytes", "bytes", "Swap that is free.").Add(status.SwapFreeBytes),
            Gauge(
                "time_to_exhaustion_seconds", "seconds",
                "Until memory and usable swap are gone by the trend; absent while memory does not shrink.")
                .Add(status.TimeToExhaustionUsec / 1e6),
            Gauge("stall_avg10_ratio", "ratio", "Share of the last 10 s in which some or all tasks waited (PSI).")
                .Add(status.MemorySomeAvg10Percent / 100, ("resource", "memory"), ("kind", "some"))
                .Add(status.MemoryFullAvg10Percent / 100, ("resource", "memory"), ("kind", "full"))
                .Add(status.IoFullAvg10Percent / 100, ("resource", "io"), ("kind", "full")),
            new MetricFamily("pressured_kills", "", "Victims killed since the daemon started.") { IsCounter = true }
                .Add(status.Kills),
        ];
        AddRules(families, rules, clock);
        families.RemoveAll(static family => family.Points.Count == 0);
        return families;
    }

    private static void AddRules(List<MetricFamily> families, IReadOnlyList<RuleStatus> rules, TimeProvider? clock)
    {
        MetricFamily matches = Gauge("rule_matches", "", "How many cgroups the rule watches; 1 for the machine.");
        MetricFamily active = Gauge("rule_active_matches", "", "For how many of them the rule is active.");
        MetricFamily dry = Gauge("rule_dry_run", "", "Whether the rule only says what it would do.");
        MetricFamily degraded = Gauge("rule_degraded", "", "Whether the rule cannot be decided on this machine.");
        MetricFamily acted = Gauge(
            "rule_last_act_timestamp_seconds", "seconds", "When the rule last acted; absent when it never did.");

        // The daemon says times in CLOCK_MONOTONIC, which is what timestamps are here.
        double? bootUnix = clock is null
            ? null
            : (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds
                - ((double)clock.GetTimestamp() / clock.TimestampFrequency);
        foreach (RuleStatus rule in rules)
        {
            (string, string) label = ("rule", rule.Name);
            matches.Add(rule.Matches, label);
            active.Add(rule.ActiveMatches, label);
            dry.Add(rule.DryRun, label);
            degraded.Add(rule.Degraded, label);
            if (rule.LastActUsec != 0 && bootUnix is { } boot)
                acted.Add(Math.Round(boot + (rule.LastActUsec / 1e6), 3), label);
        }

        families.AddRange([matches, active, dry, degraded, acted]);
    }

    private static MetricFamily Up(bool up) => Gauge("up", "", "Whether the daemon answered.").Add(up);

    private static MetricFamily State(DaemonStatus status)
    {
        MetricFamily family = Gauge("state", "", "1 for the state that the daemon is in.");
        foreach (string state in States)
            family.Add(status.State == state, ("state", state));
        return family;
    }

    private static MetricFamily Gauge(string name, string unit, string help) => new($"pressured_{name}", unit, help);
}
