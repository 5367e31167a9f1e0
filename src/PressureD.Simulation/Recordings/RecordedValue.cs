namespace PressureD.Simulation.Recordings;

/// <summary>What reading a file gave.</summary>
/// <param name="Content">Its content, or null.</param>
/// <param name="Errno">The error number, positive, or 0.</param>
internal readonly record struct RecordedValue(byte[]? Content, int Errno);
