using System;
using System.Buffers.Binary;
using PressureD.Core.Durable;
using PressureD.Core.Policy;

namespace PressureD.Core.Victims;

/// <summary>
/// Stops killing when it does not help: after two deaths in a row that freed less than a quarter of what was expected,
/// or when the policy's kills per minute are used up. No killer without it.
/// </summary>
internal sealed class Brake
{
    private const int PoorDeathsThatEngage = 2;
    private const int PoorShare = 4;
    private const long SmallestTellingBytes = 24L << 20;
    private const int KillTimes = PolicySet.MaxKillsPerMinute;
    private const long WindowUsec = 60_000_000;

    private readonly RunLedger _ledger;

    public Brake(RunLedger ledger) => _ledger = ledger;

    /// <summary>Deaths in a row that freed too little.</summary>
    public int PoorDeaths
    {
        get => BinaryPrimitives.ReadInt32LittleEndian(_ledger.Brake);
        private set => BinaryPrimitives.WriteInt32LittleEndian(_ledger.Brake, value);
    }

    /// <summary>Whether the deaths so far say that killing does not help.</summary>
    public bool IsFutile => PoorDeaths >= PoorDeathsThatEngage;

    /// <summary>Kills within the last minute.</summary>
    public int RecentKills(long nowUsec)
    {
        int recent = 0;
        for (int i = 0; i < KillTimes; i++)
        {
            long usec = KillTime(i);
            if (usec != 0 && nowUsec - usec < WindowUsec)
                recent++;
        }

        return recent;
    }

    /// <summary>When less than so many kills will lie within the last minute; 0: now.</summary>
    public long FreeAtUsec(long nowUsec, int limit)
    {
        long freeUsec = 0;
        int excess = RecentKills(nowUsec) - limit + 1;
        for (int i = 0; i < KillTimes && excess > 0; i++)
        {
            // So many of the kills have to leave the window; the earliest of them first.
            long usec = KillTime(i);
            if (usec == 0 || nowUsec - usec >= WindowUsec || CountBetween(nowUsec - WindowUsec, usec) >= excess)
                continue;
            freeUsec = Math.Max(freeUsec, usec + WindowUsec);
        }

        return freeUsec;
    }

    /// <summary>A victim was signalled.</summary>
    public void NoteKill(long nowUsec)
    {
        int oldest = 0;
        for (int i = 1; i < KillTimes; i++)
        {
            if (KillTime(i) < KillTime(oldest))
                oldest = i;
        }

        BinaryPrimitives.WriteInt64LittleEndian(_ledger.Brake[(16 + (oldest * 8))..], nowUsec);
    }

    /// <summary>A victim is dead, and its memory has had the time to come back.</summary>
    /// <param name="freedBytes">By how much the headroom grew.</param>
    /// <param name="expectedBytes">
    /// What it held; a death of less than <see cref="SmallestTellingBytes"/> is lost among what others take and give,
    /// and says nothing.
    /// </param>
    /// <returns>True when this death engaged the brake.</returns>
    public bool NoteDeath(long freedBytes, long expectedBytes)
    {
        bool was = IsFutile;
        if (expectedBytes < SmallestTellingBytes)
            return false;
        PoorDeaths = freedBytes < expectedBytes / PoorShare ? PoorDeaths + 1 : 0;
        return IsFutile && !was;
    }

    /// <summary>Pressure is over, or the policy is another one: what did not help then may help next time.</summary>
    public void Release() => PoorDeaths = 0;

    private int CountBetween(long afterUsec, long beforeUsec)
    {
        int count = 0;
        for (int i = 0; i < KillTimes; i++)
        {
            long usec = KillTime(i);
            if (usec > afterUsec && usec < beforeUsec)
                count++;
        }

        return count;
    }

    private long KillTime(int index) => BinaryPrimitives.ReadInt64LittleEndian(_ledger.Brake[(16 + (index * 8))..]);
}
