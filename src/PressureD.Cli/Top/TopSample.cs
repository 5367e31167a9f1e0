using System;
using System.Collections.Generic;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Top;

/// <summary>Everything that one picture shows.</summary>
/// <param name="Time">When it was taken.</param>
/// <param name="NowUsec">The same, CLOCK_MONOTONIC.</param>
/// <param name="Status">The daemon's, or what was read without it.</param>
/// <param name="Problem">Why the daemon could not be asked; null when it was.</param>
/// <param name="Rules">How each rule stands.</param>
/// <param name="Next">Whom the rules that kill would end.</param>
/// <param name="Cgroups">All cgroups, unsorted.</param>
/// <param name="CgroupProblem">Why there are none, or not all of their figures; null when nothing is amiss.</param>
internal sealed record TopSample(
    DateTime Time,
    long NowUsec,
    DaemonStatus Status,
    string? Problem,
    IReadOnlyList<RuleStatus> Rules,
    IReadOnlyList<NextVictim> Next,
    IReadOnlyList<CgroupRow> Cgroups,
    string? CgroupProblem);
