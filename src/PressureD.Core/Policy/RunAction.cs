using System.Collections.Immutable;

namespace PressureD.Core.Policy;

/// <summary>
/// <c>run: {…}</c>: a program, without a shell, as a transient unit of the service manager, so that it has neither
/// the daemon's rights nor its confinement.
/// </summary>
/// <param name="Command">The path, absolute, and the arguments.</param>
/// <param name="TimeoutUsec">After this it is ended. Microseconds.</param>
/// <param name="User">As whom it runs; null: root.</param>
public sealed record RunAction(ImmutableArray<string> Command, long TimeoutUsec, string? User) : RuleAction
{
    public override bool StartsCooldown => true;
}
