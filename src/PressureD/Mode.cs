namespace PressureD;

/// <summary>What a call of the program is for.</summary>
internal enum Mode
{
    Run,
    Check,
    Undo,
    Version,
    Help,
}
