namespace PressureD.Simulation.Faults;

/// <summary>The calls of the kernel port that can be made to fail.</summary>
public enum KernelCallKind
{
    OpenFile,
    Read,
    OpenDirectory,
    ListDirectories,
    WriteControl,
    GetXattr,
    SetXattr,
    ListProcesses,
    ReadProcess,
    OpenProcess,
    Signal,
    ArmTrigger,
    Watch,
    Begin,
}
