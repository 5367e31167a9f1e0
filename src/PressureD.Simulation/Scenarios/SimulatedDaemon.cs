using System;
using PressureD.Core.Durable;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Loop;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Simulation.Kernel;

namespace PressureD.Simulation.Scenarios;

/// <summary>The daemon's own loop on a simulated kernel: the code that guards real machines.</summary>
public sealed class SimulatedDaemon : IDisposable
{
    /// <summary>Holds what a restart must not forget.</summary>
    public const int StoreBytes = UndoJournal.StoreBytes;

    private readonly DaemonLoop _loop;

    /// <param name="kernel">What it guards.</param>
    /// <param name="policy">By which rules.</param>
    /// <param name="take">Told of everything the daemon says; an event is valid only during the call.</param>
    /// <param name="store">What an earlier daemon of the same boot left; null: nothing.</param>
    /// <param name="dryRun">Actions are only said.</param>
    /// <param name="shelf">Takes incidents; null: nobody keeps them.</param>
    public SimulatedDaemon(
        IKernel kernel,
        PolicySet policy,
        Action<DaemonEvent> take,
        IRunStore? store = null,
        bool dryRun = false,
        IIncidentShelf? shelf = null)
    {
        Board = new SnapshotBoard();
        _loop = new DaemonLoop(new LoopOptions
        {
            Kernel = kernel,
            Store = store ?? new SimulatedRunStore(StoreBytes),
            Sink = new CallbackSink(take),
            Board = Board,
            Policy = policy,
            DryRun = dryRun,
            Incidents = shelf,
        });
        _loop.Rehearse();
    }

    /// <summary>The daemon's latest figures.</summary>
    public SnapshotBoard Board { get; }

    /// <summary>Waits until there is something to look at, then looks and acts.</summary>
    public void Step() => _loop.Step();

    /// <summary>Leaves as on SIGTERM.</summary>
    public void Leave() => _loop.Leave();

    /// <summary>Gives every descriptor back.</summary>
    public void Dispose() => _loop.Dispose();
}
