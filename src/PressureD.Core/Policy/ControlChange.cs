namespace PressureD.Core.Policy;

/// <summary>One file that a <see cref="ChangeAction"/> writes, and what.</summary>
/// <param name="File">A control file's name, or an absolute path for a file of the machine.</param>
public sealed record ControlChange(string File)
{
    /// <summary>What is written when it is a text as it reads back; null when it is a size.</summary>
    public string? Text { get; init; }

    /// <summary>A size, rounded down to whole pages as the kernel does.</summary>
    public long Bytes { get; init; }

    /// <summary>A size as a share of memory.current, millionths; 0: <see cref="Bytes"/> counts.</summary>
    public long ShareRatio { get; init; }

    /// <summary>What a share never goes below.</summary>
    public long FloorBytes { get; init; }

    /// <summary>Whether only a value below the one that is there is written.</summary>
    public bool OnlyLower { get; init; }

    /// <summary>Whether it is a file of the machine.</summary>
    public bool OfMachine => File.StartsWith('/');
}
