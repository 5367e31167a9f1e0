namespace PressureD.Systemd.Bus;

/// <summary>An incident in a list that came over the bus.</summary>
/// <param name="Id">Its number.</param>
/// <param name="TimeUsec">CLOCK_REALTIME, microseconds.</param>
/// <param name="Rule">The rule that fired; empty when none did.</param>
/// <param name="Outcome">What it came to, in one word.</param>
/// <param name="Summary">In one line.</param>
public sealed record IncidentLine(ulong Id, ulong TimeUsec, string Rule, string Outcome, string Summary);
