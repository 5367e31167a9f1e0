namespace PressureD.Core.Durable;

/// <summary>What came of putting everything back.</summary>
public record struct UndoCounts
{
    /// <summary>Values written back.</summary>
    public int Undone { get; set; }

    /// <summary>Values that somebody else had changed meanwhile: left alone.</summary>
    public int Foreign { get; set; }

    /// <summary>Values that could not be put back; they stay noted.</summary>
    public int Failed { get; set; }
}
