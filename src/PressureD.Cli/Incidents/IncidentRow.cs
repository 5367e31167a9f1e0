using System;

namespace PressureD.Cli.Incidents;

/// <summary>One incident in a list.</summary>
internal sealed record IncidentRow(long Id, DateTimeOffset Time, string Rule, string Outcome, string Summary);
