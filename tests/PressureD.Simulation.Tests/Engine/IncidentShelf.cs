using System;
using System.Collections.Generic;
using System.Text.Json;
using PressureD.Core.Incidents;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Keeps every incident as it would be written, and each copy that it would replace.</summary>
internal sealed class IncidentShelf : IIncidentShelf
{
    private readonly IncidentJson _json = new("1.2.3");

    /// <summary>Complete ones.</summary>
    public List<JsonElement> Written { get; } = [];

    /// <summary>What there was of those that went on, in order.</summary>
    public List<JsonElement> SoFar { get; } = [];

    /// <summary>Whether incidents are written and given back; else they wait, as when the disk hangs.</summary>
    public bool Writes { get; set; } = true;

    public int Waiting { get; private set; }

    public void Take(Incident incident)
    {
        if (!Writes)
        {
            Waiting += incident.SoFarUsec == 0 ? 1 : 0;
            return;
        }

        ReadOnlySpan<byte> line = _json.Write(incident, clockUsec: 1_700_000_000_000_000, toKeep: true);
        var reader = new Utf8JsonReader(line);
        (incident.SoFarUsec == 0 ? Written : SoFar).Add(JsonElement.ParseValue(ref reader));
        incident.Release();
    }
}
