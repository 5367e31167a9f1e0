namespace PressureD.Core.Publishing;

/// <summary>
/// Where the loop says what happened: fill the slot that <see cref="Begin"/> gives, then <see cref="Commit"/>.
/// </summary>
/// <remarks>
/// One thread, one event at a time. Neither call blocks, fails or allocates: when nobody takes events away they are
/// dropped and counted.
/// </remarks>
public interface IEventSink
{
    /// <summary>A blank event to fill.</summary>
    /// <param name="kind">What it tells.</param>
    /// <param name="timeUsec">CLOCK_MONOTONIC of the step.</param>
    /// <param name="priority">How much it matters.</param>
    DaemonEvent Begin(DaemonEventKind kind, long timeUsec, EventPriority priority);

    /// <summary>Hands the event of the last <see cref="Begin"/> on. Without it the event never was.</summary>
    void Commit();
}
