using System.Collections.Generic;

namespace PressureD.Systemd.Bus;

/// <summary>What a rule is, does, and how it stands.</summary>
/// <param name="Text">What it says, in sentences.</param>
/// <param name="Matches">How many matches it has.</param>
/// <param name="Nearest">Those that are nearest to acting.</param>
public sealed record RuleExplanation(string Text, uint Matches, IReadOnlyList<RuleMatch> Nearest);
