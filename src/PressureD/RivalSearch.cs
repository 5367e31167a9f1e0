using System;
using System.Threading;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Units;

namespace PressureD;

/// <summary>
/// Asks systemd for other daemons that kill, on a thread of its own: a bus that hangs must not keep the machine
/// unguarded meanwhile.
/// </summary>
internal sealed class RivalSearch
{
    private readonly BusAddress _bus;
    private readonly Lock _lock = new();
    private readonly Thread _thread;
    private string[] _untold = [];
    private Action<string[]>? _tellLater;

    public RivalSearch(BusAddress bus)
    {
        _bus = bus;
        _thread = new Thread(Find) { IsBackground = true, Name = "rivals" };
        _thread.Start();
    }

    /// <summary>What is found within a time; empty when it takes longer.</summary>
    public string[] FindWithin(TimeSpan patience)
    {
        _thread.Join(patience);
        lock (_lock)
        {
            string[] found = _untold;
            _untold = [];
            return found;
        }
    }

    /// <summary>Has whatever is found after <see cref="FindWithin"/> told, on any thread.</summary>
    public void TellLater(Action<string[]> tell)
    {
        lock (_lock)
        {
            _tellLater = tell;
            Tell();
        }
    }

    /// <summary>Nobody is told any more.</summary>
    public void Forget()
    {
        lock (_lock)
            _tellLater = null;
    }

    private void Find()
    {
        using var units = new UnitClient(_bus);
        string[] found = RivalDaemons.Find(units);
        lock (_lock)
        {
            _untold = found;
            Tell();
        }
    }

    private void Tell()
    {
        if (_tellLater is null || _untold.Length == 0)
            return;
        _tellLater(_untold);
        _untold = [];
    }
}
