using System.Collections.Immutable;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;

namespace PressureD.Yaml.Policies;

/// <summary>One entry of <c>rules</c> as its file says it. What is null was not given.</summary>
internal sealed record RuleConfig
{
    /// <summary>Empty when it could not be read.</summary>
    public required string Name { get; init; }

    /// <summary>Of the name.</summary>
    public required SourcePosition Position { get; init; }

    public RuleMode Mode { get; init; }

    public CgroupPattern? ForEach { get; init; }

    /// <summary>What those cgroups must carry as well; null when nothing.</summary>
    public XattrFilter? ForEachXattr { get; init; }

    public ParsedCondition? When { get; init; }

    public ParsedCondition? Until { get; init; }

    public long? CooldownUsec { get; init; }

    public bool? DryRun { get; init; }

    public bool? Disabled { get; init; }

    /// <summary>What says so, and where.</summary>
    public (string By, SourcePosition At) DisabledBy { get; init; }

    public ImmutableArray<RuleAction>? Actions { get; init; }

    /// <summary>Where the first <c>from</c> stands that begins with <c>./</c>, which needs <c>for-each</c>.</summary>
    public SourcePosition? BelowMatch { get; init; }

    /// <summary>Something in it was wrong, and has been reported.</summary>
    public bool Broken { get; init; }
}
