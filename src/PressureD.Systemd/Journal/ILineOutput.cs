using PressureD.Core.Publishing;

namespace PressureD.Systemd.Journal;

/// <summary>Where events are written. May hang: called by the writing thread only.</summary>
internal interface ILineOutput
{
    void Write(DaemonEvent item);
}
