namespace PressureD.Simulation.Pressure;

/// <summary>A pressure file.</summary>
public enum PsiResource
{
    Io,
    Memory,
    Cpu,
}
