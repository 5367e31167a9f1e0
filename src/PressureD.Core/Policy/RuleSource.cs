using System.Collections.Immutable;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy.Expressions;

namespace PressureD.Core.Policy;

/// <summary>A rule as its files say it, after later files have changed earlier ones, before it is compiled.</summary>
public sealed record RuleSource
{
    public required string Name { get; init; }

    public required SourcePosition Position { get; init; }

    public CgroupPattern? ForEach { get; init; }

    /// <summary>What those cgroups must carry as well; null when nothing.</summary>
    public XattrFilter? ForEachXattr { get; init; }

    /// <summary>Null only in a broken rule, where it could not be read.</summary>
    public ParsedCondition? When { get; init; }

    public ParsedCondition? Until { get; init; }

    public long CooldownUsec { get; init; }

    public bool DryRun { get; init; }

    /// <summary>What keeps it from running, though it is checked like any other; null: it runs.</summary>
    public SwitchedOffRule? SwitchedOff { get; init; }

    public required ImmutableArray<RuleAction> Actions { get; init; }

    /// <summary>
    /// Something in it was wrong and has been reported: it never runs, but what is wrong with its conditions is said
    /// too.
    /// </summary>
    public bool Broken { get; init; }
}
