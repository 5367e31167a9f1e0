using System.Collections.Generic;

namespace PressureD.Systemd.Bus;

/// <summary>Some incidents, newest first.</summary>
/// <param name="Incidents">As many as fit an answer.</param>
/// <param name="IsComplete">Whether there are no more below the last of them.</param>
public sealed record IncidentPage(IReadOnlyList<IncidentLine> Incidents, bool IsComplete);
