using System.Collections.Generic;
using System.Collections.Immutable;
using PressureD.Core.Policy.Checks;
using PressureD.Core.Policy.Expressions;

namespace PressureD.Core.Policy;

/// <summary>Turns rules as they were written into the policy that runs.</summary>
public static class PolicyCompiler
{
    /// <returns>Null when there are errors; all of them are in <paramref name="diagnostics"/>.</returns>
    public static PolicySet? Compile(
        IReadOnlyList<RuleSource> sources,
        int killsPerMinute,
        string[] files,
        DiagnosticBag diagnostics,
        SwapRules? swap = null,
        long incidentBytes = PolicySet.DefaultIncidentBytes,
        int futileKills = PolicySet.DefaultFutileKills,
        IReadOnlyCollection<Matcher>? protect = null)
    {
        var hostSlots = MetricSlots.ForHost();
        var cgroupSlots = new MetricSlots();
        var rules = new List<Rule>(sources.Count);
        var off = ImmutableArray.CreateBuilder<SwitchedOffRule>();
        bool failed = false;
        foreach (RuleSource source in sources)
        {
            // What a disabled rule asks about is not sampled.
            Rule? rule = source.SwitchedOff is not null
                ? CompileRule(source, MetricSlots.ForHost(), new MetricSlots(), diagnostics)
                : CompileRule(source, hostSlots, cgroupSlots, diagnostics);
            failed |= rule is null;
            if (source.SwitchedOff is { } switched)
                off.Add(switched);
            else if (rule is not null)
                rules.Add(rule);
        }

        new RuleOverlaps(diagnostics).Check(rules);
        if (failed)
            return null;
        return new PolicySet
        {
            Rules = rules.ToArray(),
            SwitchedOff = off.ToImmutable(),
            HostMetrics = hostSlots.ToArray(),
            CgroupMetrics = cgroupSlots.ToArray(),
            KillsPerMinute = killsPerMinute,
            IncidentBytes = incidentBytes,
            FutileKills = futileKills,
            Files = files,
            Swap = swap ?? SwapRules.None,
            Protect = [.. protect ?? []],
        };
    }

    /// <summary>The root cgroup is one of them, and what it has no file of its own for is the machine's.</summary>
    private static void AskMachine(Metric[] metrics, MetricSlots hostSlots)
    {
        foreach (Metric metric in metrics)
        {
            if (metric.OfMachine is not null)
                hostSlots.SlotOf(metric);
        }
    }

    private static Rule? CompileRule(
        RuleSource source, MetricSlots hostSlots, MetricSlots cgroupSlots, DiagnosticBag diagnostics)
    {
        var compiler = new ConditionCompiler(source.ForEach is not null, hostSlots, cgroupSlots, diagnostics);
        Condition? when = source.When is { } start ? compiler.Compile(start) : null;
        Condition? until = source.Until is { } end ? compiler.Compile(end) : null;
        if (when is null || (until is null && source.Until is not null) || source.Broken)
            return null;
        if (source.ForEach is { } pattern && pattern.IsMatch(default))
            AskMachine(compiler.MatchMetrics, hostSlots);
        foreach (ConditionGroup group in compiler.Groups)
        {
            if (group.Pattern.IsMatch(default))
                AskMachine(compiler.MetricsOf(group), hostSlots);
        }

        var actions = new RuleAction[source.Actions.Length];
        source.Actions.CopyTo(actions);
        return new Rule
        {
            Name = source.Name,
            ForEach = source.ForEach,
            ForEachXattr = source.ForEachXattr,
            When = when,
            Until = until,
            CooldownUsec = source.CooldownUsec,
            Actions = actions,
            MatchMetrics = compiler.MatchMetrics,
            MatchSlots = compiler.MatchSlots,
            Groups = compiler.Groups,
            StateCount = compiler.StateCount,
            TimerCount = compiler.TimerCount,
            HasHold = compiler.HasHold,
            DryRun = source.DryRun,
            Position = source.Position,
            Source = $"{source.Position.File}:{source.Position.Line}",
        };
    }
}
