using System.Text.Json;
using PressureD.Core.Readers;

namespace PressureD.Cli.Incidents;

/// <summary>One comparison of a rule's condition.</summary>
internal sealed record IncidentComparison(
    string Metric, bool OfMachine, string Unit, string Sign, long? Value, long? Threshold)
{
    /// <summary>
    /// Whether it held. Free swap of a machine without swap is below any share of it, and both are 0.
    /// </summary>
    internal bool Holds => Value is { } value && Threshold is { } threshold && Sign switch
    {
        "<" => value < threshold || (value == 0 && threshold == 0),
        "<=" => value <= threshold,
        ">" => value > threshold,
        ">=" => value >= threshold,
        "==" => value == threshold,
        _ => value != threshold,
    };

    private static bool IsUnlimited(JsonElement json) =>
        json.TryGetProperty("unlimited", out JsonElement unlimited) && unlimited.ValueKind == JsonValueKind.True;

    internal static IncidentComparison Parse(JsonElement json) => new(
        IncidentDocument.Text(json, "metric"),
        !json.TryGetProperty("of_machine", out JsonElement ofMachine) || ofMachine.ValueKind != JsonValueKind.False,
        IncidentDocument.Text(json, "unit"),
        IncidentDocument.Text(json, "comparison"),
        IsUnlimited(json) ? Quantity.Unlimited : IncidentDocument.Number(json, "value"),
        IncidentDocument.Number(json, "threshold"));
}
