namespace PressureD.Core.Kernel;

/// <summary>Which line of a pressure file: some tasks are stalled, or all that could run are.</summary>
public enum StallKind
{
    Some,
    Full,
}
