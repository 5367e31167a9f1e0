using PressureD.Core.Commands;

namespace PressureD.Core.Incidents;

/// <summary>
/// One question about the incidents that are kept, and its answer: memory that is used again and again, so that asking
/// leaves nothing for the collector.
/// </summary>
public sealed class IncidentQuery
{
    /// <summary>Bytes that <see cref="Content"/> holds; the largest incident has about half of that.</summary>
    public const int ContentBytes = 64 * 1024;

    /// <summary>By what the asker knows the answer again.</summary>
    public long Ticket { get; set; }

    /// <summary>Whether a list is asked for; else one incident.</summary>
    public bool IsList { get; set; }

    /// <summary>The incident; for a list, the number below which it begins, or 0 for the newest.</summary>
    public long Id { get; set; }

    /// <summary>For a list: none that is older. CLOCK_REALTIME, microseconds.</summary>
    public long SinceUsec { get; set; }

    /// <summary>For a list: how many at most; 0: as many as fit.</summary>
    public long Limit { get; set; }

    /// <summary>For one incident: whether what its victim was started as is asked for too.</summary>
    public bool WithCommandLine { get; set; }

    /// <summary>
    /// With that: only when the victim was this user's, since one that goes on may have another by now; −1: whoever's.
    /// </summary>
    public long OnlyOfUid { get; set; }

    /// <summary>The answer: it is known, and was left out.</summary>
    public bool IsWithheld { get; set; }

    /// <summary>The answer, when something was left out: whose process it was; −1 when that is not known.</summary>
    public long OwnerUid { get; set; }

    /// <summary>The answer: whether the one that was asked for is there and could be read.</summary>
    public IncidentQueryOutcome Outcome { get; set; }

    /// <summary>
    /// The answer to a list: a(ttsss), newest first: number, CLOCK_REALTIME in microseconds, rule, outcome, summary;
    /// and whether there are no more.
    /// </summary>
    public ReplyBuffer Reply { get; } = new();

    /// <summary>The answer: the incident as it is kept, ended by NUL.</summary>
    public byte[] Content { get; } = new byte[ContentBytes];

    /// <summary>The answer: how long <see cref="Content"/> is, without the NUL.</summary>
    public int Length { get; set; }

    internal void Reset()
    {
        Ticket = 0;
        IsList = false;
        Id = 0;
        SinceUsec = 0;
        Limit = 0;
        WithCommandLine = false;
        OnlyOfUid = -1;
        IsWithheld = false;
        OwnerUid = -1;
        Outcome = IncidentQueryOutcome.Done;
        Reply.Clear();
        Length = 0;
    }
}
