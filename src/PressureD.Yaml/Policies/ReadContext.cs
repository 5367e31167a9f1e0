using System;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Policies;

/// <summary>What the readers of the parts of a policy share.</summary>
/// <param name="Diagnostics">Where they complain.</param>
/// <param name="FindUser">A user's number by name; null when there is no such user.</param>
/// <param name="ResolveUnit">The unit that a name stands for; null when it is not another name of any.</param>
internal sealed record ReadContext(
    DiagnosticBag Diagnostics, Func<string, uint?> FindUser, Func<string, string?>? ResolveUnit = null)
{
    /// <summary>What is left of what all files may ask for together.</summary>
    public ReadBudget Budget { get; } = new(Diagnostics);
}
