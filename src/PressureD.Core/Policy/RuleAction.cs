namespace PressureD.Core.Policy;

/// <summary>One step of a rule's chain.</summary>
public abstract record RuleAction
{
    /// <summary>Whether this step only says what it would do.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether it is about the match or what is below it: the rule must have a <c>for-each</c>.</summary>
    public virtual bool NeedsMatch => false;

    /// <summary>Whether the rule's cooldown starts when this step has had an effect.</summary>
    public virtual bool StartsCooldown => false;

    /// <summary>Whether another one spares and prefers the same: of matchers, sentences only say how many.</summary>
    internal virtual bool HasSameMatchers(RuleAction other) => true;
}
