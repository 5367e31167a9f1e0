using PressureD.Core.Cgroups;
using PressureD.Core.Publishing;
using PressureD.Core.Victims;

namespace PressureD.Core.Commands;

/// <summary>
/// Whom a kill would end now, without ending anybody. To look costs as much as to choose, so it is done a few times a
/// second at most, whoever asks, and under pressure once a second.
/// </summary>
internal sealed class VictimPreview
{
    private const long IntervalUsec = 250_000;
    private const long TenseIntervalUsec = 1_000_000;

    /// <summary>How long it waits for what workers read; after that, unreadable counts as protected.</summary>
    private const long PatienceUsec = 300_000;

    private readonly VictimSelector _selector;
    private long _lookedUsec;
    private long _beganUsec;

    public VictimPreview(VictimSelector selector) => _selector = selector;

    /// <summary>Who it would be.</summary>
    public Victim Victim { get; } = new();

    /// <summary>Who was passed over, and why.</summary>
    public TextBuffer PassedOver { get; } = new(512);

    /// <summary>Whether nobody has been looked for in the last second, or somebody is being looked for.</summary>
    public bool MayLookTense(long nowUsec) =>
        _beganUsec != 0 || _lookedUsec == 0 || nowUsec - _lookedUsec >= TenseIntervalUsec;

    /// <summary>Looks.</summary>
    /// <returns>Found, Nobody, or Waiting: look again later, with the same kill and match.</returns>
    public Selection Look(CompiledKill kill, CgroupSlot? match, long nowUsec)
    {
        if (_beganUsec == 0)
        {
            if (_lookedUsec != 0 && nowUsec - _lookedUsec < IntervalUsec)
                return Selection.Waiting;
            _beganUsec = nowUsec;
        }

        bool mayWait = nowUsec - _beganUsec < PatienceUsec;
        Selection selection = _selector.Select(kill, match, nowUsec, mayWait, Victim, PassedOver);
        if (selection == Selection.Waiting)
            return selection;
        _beganUsec = 0;
        _lookedUsec = nowUsec;
        return selection;
    }
}
