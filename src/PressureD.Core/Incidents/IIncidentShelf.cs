namespace PressureD.Core.Incidents;

/// <summary>Where incidents go.</summary>
public interface IIncidentShelf
{
    /// <summary>
    /// Takes an incident: a complete one, or, while it goes on, a copy of what there is of it so far, which has
    /// <see cref="Incident.SoFarUsec"/> and which whatever comes later under its number replaces. It is the taker's
    /// until it calls <see cref="Incident.Release"/>. The loop calls this: it neither blocks nor fails nor allocates.
    /// </summary>
    void Take(Incident incident);
}
