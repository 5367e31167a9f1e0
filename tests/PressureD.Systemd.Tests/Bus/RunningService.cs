using System;
using PressureD.Core.Commands;
using PressureD.Core.Publishing;
using PressureD.Core.Services;
using PressureD.Systemd.Bus;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>A bus service with everything around it, and the test in the place of the loop.</summary>
internal sealed class RunningService : IDisposable
{
    private readonly EventDescriptor _wake = new();
    private readonly BusService _service;

    internal RunningService(
        BusAddress address,
        long hangUsec = 30_000_000,
        long answerUsec = 30_000_000,
        bool asksPolkit = false,
        bool keepsIncidents = true)
    {
        Board = new SnapshotBoard(_wake);
        Jobs = new ServiceJobs(_wake);
        CommandQueue commands = new(Loop, _wake);
        Events = new EventRing(64, _wake);
        IncidentEvents = new EventRing(8, _wake);
        Incidents = new FakeIncidents(_wake);
        _service = new BusService(
            new BusServiceOptions
            {
                Address = address,
                Version = "1.2.3",
                FirstRetryUsec = 10_000,
                LongestRetryUsec = 50_000,
                AnnounceUsec = 20_000,
                HangUsec = hangUsec,
                Jobs = Jobs,
                JobsWake = _wake,
                AnswerUsec = answerUsec,
                AsksPolkit = asksPolkit,
                Incidents = keepsIncidents ? Incidents.Desk : null,
                IncidentEvents = IncidentEvents,
            },
            Board,
            Events,
            commands,
            _wake,
            Log);
        Loop.Start(commands);
        _service.Start();
    }

    internal SnapshotBoard Board { get; }

    internal EventRing Events { get; }

    internal EventRing IncidentEvents { get; }

    internal FakeIncidents Incidents { get; }

    internal ServiceJobs Jobs { get; }

    internal FakeLoop Loop { get; } = new();

    internal EventRing Log { get; } = new(64);

    internal DaemonSnapshot Snapshot { get; } = new() { State = DaemonState.Guarding };

    internal bool IsOnBus => _service.IsOnBus;

    public void Dispose()
    {
        _service.Dispose();
        Loop.Dispose();
        _wake.Dispose();
    }

    internal RunningService WaitOnBus()
    {
        Eventually.True(() => IsOnBus, "the service is on the bus");
        return this;
    }

    internal void Publish()
    {
        Snapshot.Steps++;
        Board.Publish(Snapshot);
    }

    internal string TakeLog()
    {
        Eventually.True(() => Log.Count > 0, "the service said something");
        string text = Log.Peek()!.Text.ToString();
        Log.Release();
        return text;
    }
}
