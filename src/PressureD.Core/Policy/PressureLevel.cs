namespace PressureD.Core.Policy;

/// <summary>
/// How bad it is, for those who are told. The numbers are those of org.freedesktop.LowMemoryMonitor, compared as
/// ranges.
/// </summary>
public enum PressureLevel : byte
{
    Normal = 0,
    Low = 50,
    Medium = 100,
    Critical = 255,
}
