using System.Collections.Generic;

namespace PressureD.Systemd.Bus;

/// <summary>How far a rule is from acting.</summary>
/// <param name="Victim">
/// Whom it would end if it had to act now; null when that is nobody, which a reason "no-candidate" then says, or was
/// not looked for: the rule does not kill, or one that does may act any moment.
/// </param>
/// <param name="Reasons">Why it does not act; empty when nothing holds it back.</param>
public sealed record WhyNotReply(ExpectedVictim? Victim, IReadOnlyList<WhyNotReason> Reasons);
