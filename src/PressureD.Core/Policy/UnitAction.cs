using System.Collections.Immutable;
using System.Linq;

namespace PressureD.Core.Policy;

/// <summary><c>unit: {…}</c>: restarts or stops a unit of the system's service manager.</summary>
/// <param name="Unit">The unit's full name.</param>
/// <param name="Restart">Whether it is started again.</param>
/// <param name="TimeoutUsec">How long its job is waited for. Microseconds.</param>
public sealed record UnitAction(string Unit, bool Restart, long TimeoutUsec) : RuleAction
{
    /// <summary>A unit that matches any of these, or holds a process that does, is left alone.</summary>
    public ImmutableArray<Matcher> Protect { get; init; } = [];

    public override bool StartsCooldown => true;

    internal override bool HasSameMatchers(RuleAction other) =>
        other is UnitAction unit && Protect.SequenceEqual(unit.Protect);
}
