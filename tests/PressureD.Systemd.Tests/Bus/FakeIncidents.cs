using System;
using PressureD.Core.Incidents;
using PressureD.Core.Publishing;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>Answers questions about incidents as a test wants them answered, at once or when it is told to.</summary>
internal sealed class FakeIncidents : IWake
{
    private volatile bool _hangs;

    internal FakeIncidents(IWake asker) => Desk = new IncidentDesk(this, asker);

    internal IncidentDesk Desk { get; }

    /// <summary>What it does with a question before it answers.</summary>
    internal Action<IncidentQuery> Answer { get; set; } = static _ => { };

    /// <summary>Whether it leaves questions lying.</summary>
    internal bool Hangs
    {
        get => _hangs;
        set
        {
            _hangs = value;
            Signal();
        }
    }

    public void Signal()
    {
        if (!_hangs && Desk.Peek() is { } query)
        {
            Answer(query);
            Desk.Answer();
        }
    }
}
