using PressureD.Core.Publishing;

namespace PressureD.Systemd.Notify;

/// <summary>The way to the service manager. Sending may hang: the notifying thread only.</summary>
internal interface INotifySocket
{
    /// <summary>Whether somebody asked to be told.</summary>
    bool IsWanted { get; }

    /// <summary>How far apart signs of life may be, microseconds; the largest number when none are wanted.</summary>
    long WatchdogUsec { get; }

    void Send(TextBuffer message);
}
