namespace PressureD.Core.Incidents;

/// <summary>Where complete incidents go.</summary>
public interface IIncidentShelf
{
    /// <summary>
    /// Takes an incident, which is the taker's until it calls <see cref="Incident.Release"/>. The loop calls it: it
    /// neither blocks nor fails nor allocates.
    /// </summary>
    void Take(Incident incident);
}
