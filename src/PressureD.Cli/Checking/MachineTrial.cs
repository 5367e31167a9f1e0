using System.Collections.Generic;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
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

    private readonly PolicySet _policy;
    private readonly List<byte[]> _cgroups;
    private readonly List<Diagnostic> _findings = [];

    private MachineTrial(PolicySet policy, List<byte[]> cgroups)
    {
        _policy = policy;
        _cgroups = cgroups;
    }

    /// <summary>Takes up to a second for each of a few steps. Changes nothing.</summary>
    /// <returns>Warnings, in the order of the rules; then what the machine lacks, without a place.</returns>
    internal static IReadOnlyList<Diagnostic> Run(IKernel kernel, PolicySet policy)
    {
        var trial = new MachineTrial(policy, CgroupPaths.Of(kernel));
        string[] reasons = trial.Sample(kernel);
        foreach (Rule rule in policy.Rules)
        {
            trial.CheckDecidable(rule, reasons);
            trial.CheckPatterns(rule);
        }

        foreach (string reason in reasons)
        {
            if (!trial.IsOfRule(reason))
                trial._findings.Add(new Diagnostic(DiagnosticSeverity.Warning, "this machine", 0, 0, reason));
        }

        return trial._findings;
    }

    private string[] Sample(IKernel kernel)
    {
        using var daemon = new SimulatedDaemon(
            kernel, _policy, static _ => { }, new SimulatedRunStore(SimulatedDaemon.StoreBytes), dryRun: true);
        var snapshot = new DaemonSnapshot();
        for (int i = 0; i < Steps; i++)
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
        reason.StartsWith($"rule {rule.Name} ", System.StringComparison.Ordinal);

    private void CheckDecidable(Rule rule, string[] reasons)
    {
        foreach (string reason in reasons)
        {
            if (IsOfRule(reason, rule))
                Warn(rule, $"{reason}; it can never fire here");
        }
    }

    private void CheckPatterns(Rule rule)
    {
        if (rule.ForEach is { } forEach && !Matches(forEach))
            Warn(rule, $"no cgroup here matches 'for-each: {forEach.Text}' now; the rule waits for one");
        foreach (RuleAction action in rule.Actions)
        {
            if (action is KillAction { From: { BelowMatch: false } from } && !Matches(from))
                Warn(rule, $"no cgroup here matches 'from: {from.Text}' now; the kill would find nobody");
        }
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

    private void Warn(Rule rule, string message)
    {
        int colon = rule.Source.LastIndexOf(':');
        _findings.Add(new Diagnostic(
            DiagnosticSeverity.Warning, rule.Source[..colon], int.Parse(rule.Source[(colon + 1)..]), 1, message));
    }
}
