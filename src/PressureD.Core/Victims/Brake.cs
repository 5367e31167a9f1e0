using System;
using System.Buffers.Binary;
using PressureD.Core.Durable;
using PressureD.Core.Policy;

namespace PressureD.Core.Victims;

/// <summary>
/// Stops killing when it does not help: after deaths in a row that freed less than a quarter of what was expected, or
/// when the kills per minute are used up that the policy allows in all, or a rule for itself. No killer without it.
/// </summary>
internal sealed class Brake
{
    private const int PoorShare = 4;
    private const long SmallestTellingBytes = 24L << 20;
    private const int KillTimes = PolicySet.MaxKillsPerMinute;
    private const int TimesOffset = 16;
    private const long WindowUsec = 60_000_000;

    private readonly RunLedger _ledger;

    public Brake(RunLedger ledger) => _ledger = ledger;

    /// <summary>Deaths in a row that freed too little.</summary>
    public int PoorDeaths
    {
        get => BinaryPrimitives.ReadInt32LittleEndian(_ledger.Brake);
        private set => BinaryPrimitives.WriteInt32LittleEndian(_ledger.Brake, value);
    }

    /// <summary>Whether a kill is held back.</summary>
    /// <param name="ruleHash">The rule that wants it.</param>
    /// <param name="ruleLimit">Its kills per minute; 0 when it has no limit of its own.</param>
    /// <param name="policy">What all rules together may do.</param>
    /// <param name="nowUsec">The step's time.</param>
    public BrakeState Of(ulong ruleHash, int ruleLimit, PolicySet policy, long nowUsec)
    {
        if (PoorDeaths >= policy.FutileKills)
            return new BrakeState(BrakeReason.Futile, 0, PoorDeaths, policy.FutileKills);
        BrakeState whole = Of(BrakeReason.Policy, 0, policy.KillsPerMinute, nowUsec);
        return whole.Reason != BrakeReason.None || ruleLimit == 0
            ? whole
            : Of(BrakeReason.Rule, ruleHash, ruleLimit, nowUsec);
    }

    /// <summary>A victim was signalled.</summary>
    public void NoteKill(ulong ruleHash, long nowUsec)
    {
        int oldest = 0;
        for (int i = 1; i < KillTimes; i++)
        {
            if (KillTime(i) < KillTime(oldest))
                oldest = i;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(_ledger.BrakeRules[(oldest * 8)..], ruleHash);
        BinaryPrimitives.WriteInt64LittleEndian(_ledger.Brake[(TimesOffset + (oldest * 8))..], nowUsec);
    }

    /// <summary>A victim is dead, and its memory has had the time to come back.</summary>
    /// <param name="freedBytes">By how much the headroom grew.</param>
    /// <param name="expectedBytes">
    /// What it held; a death of less than <see cref="SmallestTellingBytes"/> is lost among what others take and give,
    /// and says nothing.
    /// </param>
    /// <param name="futileKills">How many in a row engage it.</param>
    /// <returns>True when this death engaged the brake.</returns>
    public bool NoteDeath(long freedBytes, long expectedBytes, int futileKills)
    {
        int before = PoorDeaths;
        if (expectedBytes < SmallestTellingBytes)
            return false;
        PoorDeaths = freedBytes < expectedBytes / PoorShare ? before + 1 : 0;
        return before < futileKills && PoorDeaths >= futileKills;
    }

    /// <summary>Pressure is over, or the policy is another one: what did not help then may help next time.</summary>
    public void Release() => PoorDeaths = 0;

    /// <summary>Kills within the last minute against a limit; of one rule, or of all for 0.</summary>
    private BrakeState Of(BrakeReason reason, ulong ruleHash, int limit, long nowUsec)
    {
        // As many as fit are remembered, and no policy allows more.
        Span<long> recent = stackalloc long[KillTimes];
        int count = 0;
        for (int i = 0; i < KillTimes; i++)
        {
            long usec = KillTime(i);
            if (usec != 0 && nowUsec - usec < WindowUsec && (ruleHash == 0 || KillRule(i) == ruleHash))
                recent[count++] = usec;
        }

        if (count < limit)
            return new BrakeState(BrakeReason.None, 0, count, limit);
        recent[..count].Sort(static (a, b) => a.CompareTo(b));
        return new BrakeState(reason, recent[count - limit] + WindowUsec, count, limit);
    }

    private long KillTime(int index) =>
        BinaryPrimitives.ReadInt64LittleEndian(_ledger.Brake[(TimesOffset + (index * 8))..]);

    private ulong KillRule(int index) => BinaryPrimitives.ReadUInt64LittleEndian(_ledger.BrakeRules[(index * 8)..]);
}
