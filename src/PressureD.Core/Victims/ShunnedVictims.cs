using System;

namespace PressureD.Core.Victims;

/// <summary>
/// Who is passed over because a kill of it came to nothing. There is room for the last 16: with more of them the choice
/// would fall on somebody who was tried long ago.
/// </summary>
internal sealed class ShunnedVictims
{
    /// <summary>Who could not be signalled is tried again after so long: it may be otherwise then.</summary>
    private const long CannotSignalUsec = 60_000_000;

    private readonly (VictimIdentity Identity, Refusal Reason, long UntilUsec)[] _shunned =
        new (VictimIdentity, Refusal, long)[16];

    private int _next;

    /// <summary>Why somebody is passed over; <see cref="Refusal.None"/> when it is not.</summary>
    public Refusal Of(VictimIdentity identity, long nowUsec)
    {
        int index = IndexOf(identity);
        return index >= 0 && nowUsec < _shunned[index].UntilUsec ? _shunned[index].Reason : Refusal.None;
    }

    /// <summary>Somebody is there long after KILL: to wait for it again would keep others from being chosen.</summary>
    public void AddResisted(VictimIdentity identity) => Add(identity, Refusal.ResistedKill, long.MaxValue);

    /// <summary>Somebody could not be signalled.</summary>
    public void AddUnsignalled(VictimIdentity identity, long nowUsec) =>
        Add(identity, Refusal.CannotSignal, nowUsec + CannotSignalUsec);

    private void Add(VictimIdentity identity, Refusal reason, long untilUsec)
    {
        int index = IndexOf(identity);
        if (index < 0)
        {
            index = _next;
            _next = (_next + 1) % _shunned.Length;
        }

        _shunned[index] = (identity, reason, untilUsec);
    }

    private int IndexOf(VictimIdentity identity)
    {
        for (int i = 0; i < _shunned.Length; i++)
        {
            if (_shunned[i].Reason != Refusal.None && _shunned[i].Identity == identity)
                return i;
        }

        return -1;
    }
}
