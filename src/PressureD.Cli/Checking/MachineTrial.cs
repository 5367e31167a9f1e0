using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Checks;
using PressureD.Core.Publishing;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Checking;

/// <summary>
/// Runs a policy on a kernel for a few steps, as a dry run, to find what can never happen there: with the daemon's own
/// loop, so that what counts as unknown here counts as unknown there.
/// </summary>
internal sealed class MachineTrial
{
    /// <summary>As many samples as make a rule degraded that asks for something unknown, and one more.</summary>
    private const int Steps = 6;

    /// <summary>What is about a span of time is known by then, however close together the samples are.</summary>
    private const long SpanUsec = 3_000_000;

    private readonly PolicySet _policy;
    private readonly MachineReach _reach;
    private readonly Contradictions _contradictions;
    private readonly List<byte[]> _cgroups;
    private readonly List<Diagnostic> _findings = [];

    private MachineTrial(PolicySet policy, MachineReach reach, List<byte[]> cgroups)
    {
        _policy = policy;
        _reach = reach;
        _contradictions = new Contradictions(reach.Size);
        _cgroups = cgroups;
    }

    /// <summary>Takes up to a second for each of a few steps. Changes nothing.</summary>
    /// <param name="kernel">The machine's.</param>
    /// <param name="policy">What is tried.</param>
    /// <param name="reach">What kinds of swap the machine has.</param>
    /// <returns>Warnings, in the order of the rules; then what the machine lacks, without a place.</returns>
    internal static IReadOnlyList<Diagnostic> Run(IKernel kernel, PolicySet policy, MachineReach reach)
    {
        var trial = new MachineTrial(policy, reach, PathsOf(kernel));
        string[] reasons = trial.Sample(kernel);
        foreach (Rule rule in policy.Rules)
        {
            trial.CheckDecidable(rule, reasons);
            trial.CheckReach(rule);
            trial.CheckPatterns(rule);
        }

        foreach (string reason in reasons)
        {
            if (!trial.IsOfRule(reason))
                trial._findings.Add(new Diagnostic(DiagnosticSeverity.Warning, "this machine", 0, 0, reason));
        }

        return trial._findings;
    }

    private static List<byte[]> PathsOf(IKernel kernel)
    {
        using var cgroups = new CgroupTable(kernel);
        cgroups.Refresh();
        var paths = new List<byte[]>();
        foreach (CgroupSlot slot in cgroups.Slots)
            paths.Add(slot.Path.ToArray());
        return paths;
    }

    private string[] Sample(IKernel kernel)
    {
        using var daemon = new SimulatedDaemon(
            kernel, _policy, static _ => { }, new SimulatedRunStore(SimulatedDaemon.StoreBytes), dryRun: true);
        var snapshot = new DaemonSnapshot();
        long endUsec = kernel.NowUsec + SpanUsec;
        for (int i = 0; i < Steps || kernel.NowUsec < endUsec; i++)
            daemon.Step();
        daemon.Board.TryRead(snapshot, out _);
        return snapshot.DegradedReasons;
    }

    private bool IsOfRule(string reason)
    {
        foreach (Rule rule in _policy.Rules)
        {
            if (IsOfRule(reason, rule))
                return true;
        }

        return false;
    }

    private static bool IsOfRule(string reason, Rule rule) =>
        reason.StartsWith($"rule {rule.Name} ", StringComparison.Ordinal);

    private void CheckDecidable(Rule rule, string[] reasons)
    {
        foreach (string reason in reasons)
        {
            if (IsOfRule(reason, rule))
                Warn(rule, $"{reason}, so that it can never fire; ask about something that this machine has, or "
                    + "switch the rule off");
        }
    }

    private void CheckReach(Rule rule)
    {
        if (_reach.WhyNever(rule) is { } why)
            Warn(rule, $"rule {rule.Name} can never fire here: {why}; if you count on it, add what is missing or ask "
                + "for something else");
        foreach (string complaint in _contradictions.Find(rule))
            Warn(rule, $"the rule '{rule.Name}' {complaint}");
    }

    private void CheckPatterns(Rule rule)
    {
        if (rule.ForEach is { } forEach && !Matches(forEach))
        {
            string outcome = $"the rule waits for one{Meant(forEach)}";
            Warn(rule, $"no cgroup here matches 'for-each: {forEach.Text}' now; {outcome}");
        }

        foreach (ConditionGroup group in rule.Groups)
        {
            // That nobody is there is what 'exists' and 'count' are for.
            if (!group.CountsNone)
                CheckPattern(rule, group.Pattern, group.Name, "that part of the condition waits for one");
        }

        foreach (RuleAction action in rule.Actions)
        {
            (CgroupPattern? pattern, string key, string outcome) = Reached(action);
            CheckPattern(rule, pattern, $"{key}: {pattern?.Text}", outcome);
        }
    }

    /// <summary>Where an action looks for cgroups, and what comes of it when there are none.</summary>
    private static (CgroupPattern? Pattern, string Key, string Outcome) Reached(RuleAction action) => action switch
    {
        KillAction kill => (kill.From, "from", "the kill would find nobody"),
        ReclaimAction reclaim => (reclaim.Of, "of", "nothing would be reclaimed"),
        OffloadAction offload => (offload.Of, "of", "nothing would be offloaded"),
        ChangeAction change => (change.Of, "of", "nothing would be changed"),
        _ => (null, "", ""),
    };

    private void CheckPattern(Rule rule, CgroupPattern? pattern, string where, string outcome)
    {
        if (pattern is { BelowMatch: false } && !Matches(pattern))
            Warn(rule, $"no cgroup here matches '{where}' now; {outcome}{Meant(pattern)}");
    }

    /// <summary>
    /// "; did you mean 'x/*'?": the same below a cgroup that is called nearly what the pattern begins with, where that
    /// matches something.
    /// </summary>
    private string Meant(CgroupPattern pattern)
    {
        int wild = pattern.Text.AsSpan().IndexOfAny("*?{");
        string start = wild < 0 ? pattern.Text : pattern.Text[..wild];
        start = (wild < 0 ? start : start[..(start.LastIndexOf('/') + 1)]).Trim('/');
        List<string> paths = _cgroups.ConvertAll(Encoding.UTF8.GetString);
        if (paths.Contains(start) || Suggestion.Nearest(start, paths) is not { } near)
            return "";
        string rest = pattern.Text.TrimStart('/')[start.Length..];
        string meant = Matches(new CgroupPattern(near + rest)) ? near + rest : near;
        return $"; did you mean '{meant}'?";
    }

    private bool Matches(CgroupPattern pattern)
    {
        foreach (byte[] path in _cgroups)
        {
            if (pattern.IsMatch(path))
                return true;
        }

        return false;
    }

    private void Warn(Rule rule, string message) => _findings.Add(new Diagnostic(
        DiagnosticSeverity.Warning, rule.Position.File, rule.Position.Line, rule.Position.Column, message));
}
