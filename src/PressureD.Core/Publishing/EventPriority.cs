namespace PressureD.Core.Publishing;

/// <summary>How much an event matters: the numbers of syslog, smaller is worse.</summary>
public enum EventPriority : byte
{
    Emergency = 0,
    Alert = 1,
    Critical = 2,
    Error = 3,
    Warning = 4,
    Notice = 5,
    Info = 6,
    Debug = 7,
}
