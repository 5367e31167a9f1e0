namespace PressureD.Simulation.Machine;

/// <summary>The background reclaimer: one thread, woken below the low watermark, working up to the high one.</summary>
internal sealed class Kswapd(SimulatedMachine machine)
{
    private const long BatchPages = 128;
    private const int GivesUpAfter = 16;

    private bool _awake;
    private int _failures;

    /// <summary>
    /// Time spent in this tick, all of it a memory stall of the root group; beyond a tick it is owed by the next ones.
    /// </summary>
    public long TickNsec { get; private set; }

    /// <summary>Begins a tick, busy for as long as the last batch outlasted the one before.</summary>
    public void BeginTick() => TickNsec = long.Max(0, TickNsec - SimulatedMachine.TickNsec);

    public void Wake()
    {
        if (_failures < GivesUpAfter) _awake = true;
    }

    /// <summary>A direct reclaimer found something: it is worth trying again.</summary>
    public void Encourage() => _failures = 0;

    /// <summary>Works until its own clock within the tick has come this far.</summary>
    public void RunUntil(long tickNsec)
    {
        while (_awake && TickNsec < tickNsec)
        {
            if (machine.FreePages >= machine.Watermarks.High)
            {
                _awake = false;
                _failures = 0;
                return;
            }

            var want = long.Clamp(machine.Watermarks.High - machine.FreePages, 32, BatchPages);
            var result = machine.Reclaimer.Round(want, byKswapd: true, root: null);
            TickNsec += long.Max(1_000, result.CostNsec);
            if (result.FreedPages + result.SubmittedPages > 0)
            {
                _failures = 0;
                continue;
            }

            // Waiting for writes is not failing.
            if (machine.Disk.Busy) return;
            TickNsec += 100_000;
            if (++_failures >= GivesUpAfter) _awake = false;
        }
    }
}
