namespace PressureD.Simulation.Machine;

/// <summary>
/// What memory work costs a processor, in nanoseconds a page: native values; a slow machine multiplies them.
/// </summary>
public sealed record CpuCosts
{
    /// <summary>A first touch: fault, zeroing and charge.</summary>
    public int FaultNsec { get; init; } = 950;

    public int ScanNsec { get; init; } = 100;
    public int DropNsec { get; init; } = 400;

    /// <summary>Unmapping a page and handing it to the swap device.</summary>
    public int SwapOutNsec { get; init; } = 1_500;

    /// <summary>
    /// What it costs the owner of a mapped page that it is taken from him: his processors are interrupted once for each
    /// batch of 32, and look up anew what they had at hand.
    /// </summary>
    public int FlushNsec { get; init; } = 1_700;

    /// <summary>Reading a page in: fault, submission and interrupt, beyond the wait for the device.</summary>
    public int ReadNsec { get; init; } = 20_000;

    /// <summary>Freeing at exit: 77 µs a MiB, as measured for small pages.</summary>
    public int FreeNsec { get; init; } = 300;

    /// <summary>All of the above times so much: 10 for an emulated processor.</summary>
    public int Slowdown { get; init; } = 1;
}
