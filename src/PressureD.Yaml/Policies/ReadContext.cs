using System;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Policies;

/// <summary>What the readers of the parts of a policy share.</summary>
/// <param name="Diagnostics">Where they complain.</param>
/// <param name="FindUser">A user's number by name; null when there is no such user.</param>
internal sealed record ReadContext(DiagnosticBag Diagnostics, Func<string, uint?> FindUser);
