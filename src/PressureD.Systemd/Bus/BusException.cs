using System;

namespace PressureD.Systemd.Bus;

/// <summary>A question over the bus that got no answer; the message says why and what helps.</summary>
public sealed class BusException : Exception
{
    public BusException(BusProblem problem, string message)
        : base(message) => Problem = problem;

    public BusProblem Problem { get; }

    /// <summary>The D-Bus name of the error that was answered, or empty.</summary>
    public string ErrorName { get; init; } = "";

    /// <summary>Whether there is nobody who could answer: no bus, no daemon, or none that has time.</summary>
    public bool IsAbsence => Problem is BusProblem.NoBus or BusProblem.NotRunning or BusProblem.NoAnswer;

    /// <summary>Whether the daemon itself failed at it, in a way that nobody expected.</summary>
    public bool IsFailure => ManagerError.Is(ErrorName, ManagerError.Failed);
}
