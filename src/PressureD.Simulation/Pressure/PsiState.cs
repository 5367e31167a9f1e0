namespace PressureD.Simulation.Pressure;

/// <summary>What a group of tasks can be in, one for each line of a pressure file; the kernel's order.</summary>
public enum PsiState
{
    IoSome,
    IoFull,
    MemorySome,
    MemoryFull,
    CpuSome,
    CpuFull,
}
