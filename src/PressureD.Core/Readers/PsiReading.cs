namespace PressureD.Core.Readers;

/// <summary>The content of one pressure file.</summary>
public struct PsiReading
{
    /// <summary>At least one task stalled.</summary>
    public PsiLine Some;

    /// <summary>All tasks that were not idle stalled.</summary>
    public PsiLine Full;
}
