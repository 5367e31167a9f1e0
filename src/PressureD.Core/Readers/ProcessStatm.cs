namespace PressureD.Core.Readers;

/// <summary>
/// Pages of a process. All are 0 for kernel threads and for a process that has given its memory back.
/// </summary>
public record struct ProcessStatm
{
    /// <summary>Virtual size in pages.</summary>
    public long SizePages;

    /// <summary>Resident pages, anonymous, of files and of shared memory.</summary>
    public long ResidentPages;

    /// <summary>Resident pages of files and of shared memory: those that its death may not free.</summary>
    public long SharedPages;

    /// <summary>False for kernel threads, and for a process that has given its memory back.</summary>
    public readonly bool HasMemory => SizePages > 0;
}
