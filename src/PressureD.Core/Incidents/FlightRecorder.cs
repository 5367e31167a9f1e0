using System;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Incidents;

/// <summary>
/// The machine's last samples, in a ring of fixed size, so that what came before an act is there when it is asked for.
/// </summary>
internal sealed class FlightRecorder
{
    /// <summary>At least 19 s even at the fastest cadence, minutes at the slowest.</summary>
    private const int Capacity = 192;

    /// <summary>Of steps that follow each other faster, only the last is kept.</summary>
    private const long SpacingUsec = 100_000;

    /// <summary>The newest samples, which an excerpt takes one by one.</summary>
    private const int CloseSamples = 8;

    /// <summary>Before those, an excerpt takes one in this time.</summary>
    private const long ExcerptSpacingUsec = 1_000_000;

    private readonly IncidentSample[] _samples = new IncidentSample[Capacity];
    private int _next;
    private int _count;

    /// <summary>The newest sample.</summary>
    public ref readonly IncidentSample Last => ref Back(0);

    /// <summary>Takes the sample of a step.</summary>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="host">The host's values by slot.</param>
    public void Note(long nowUsec, ReadOnlySpan<long> host)
    {
        bool replace = _count > 1 && nowUsec - Back(1).TimeUsec < SpacingUsec;
        if (!replace)
        {
            _next = (_next + 1) % Capacity;
            _count = Math.Min(_count + 1, Capacity);
        }

        ref IncidentSample sample = ref Back(0);
        sample.TimeUsec = nowUsec;
        sample.AvailableBytes = host[BaseHostSlot.MemAvailable];
        sample.AvailableUser = host[BaseHostSlot.MemAvailableUser];
        sample.SwapBytes = host[BaseHostSlot.SwapEffective];
        sample.ExhaustionUsec = host[BaseHostSlot.TimeToExhaustion];
        sample.MemorySome = host[BaseHostSlot.MemorySomeAvg10];
        sample.MemoryFull = host[BaseHostSlot.MemoryFullAvg10];
        sample.MemoryFullTotalUsec = host[BaseHostSlot.MemoryFullTotal];
        sample.IoFull = host[BaseHostSlot.IoFullAvg10];
        sample.FirstValue = Quantity.Unknown;
        sample.SecondValue = Quantity.Unknown;
    }

    /// <summary>Copies what came last, the oldest first: closely what is near, widely what is further back.</summary>
    /// <returns>How many were written.</returns>
    public int Excerpt(Span<IncidentSample> samples)
    {
        int taken = 0;
        long lastUsec = long.MaxValue;
        for (int i = 0; i < _count && taken < samples.Length; i++)
        {
            ref readonly IncidentSample sample = ref Back(i);
            if (taken >= CloseSamples && lastUsec - sample.TimeUsec < ExcerptSpacingUsec)
                continue;
            lastUsec = sample.TimeUsec;
            samples[taken++] = sample;
        }

        samples[..taken].Reverse();
        return taken;
    }

    /// <summary>Makes its memory resident.</summary>
    public void Touch()
    {
        for (int i = _count; i < Capacity; i++)
            Back(i).TimeUsec = 0;
    }

    private ref IncidentSample Back(int steps) => ref _samples[(_next - steps + Capacity) % Capacity];
}
