namespace PressureD.Linux.Incidents;

/// <summary>One kept incident, as its file's name tells.</summary>
/// <param name="Id">Its number.</param>
/// <param name="IsMinor">Whether nothing was done in it but to say something.</param>
/// <param name="Bytes">What it takes on disk.</param>
public readonly record struct IncidentFile(long Id, bool IsMinor, long Bytes)
{
    /// <summary>The file's name.</summary>
    public string Name => $"{Id:D10}{(IsMinor ? IncidentDirectory.MinorSuffix : IncidentDirectory.Suffix)}";
}
