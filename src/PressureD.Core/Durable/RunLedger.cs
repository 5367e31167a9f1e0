using System;
using System.Buffers.Binary;
using PressureD.Core.Kernel;
using PressureD.Core.Victims;

namespace PressureD.Core.Durable;

/// <summary>
/// What a restart must not forget, laid out in the <see cref="IRunStore"/>: when each rule last acted, the brake, and
/// the victims in flight. Each record carries its mark of validity, written last, so that a process that is killed in
/// the middle of writing leaves a record that is absent rather than wrong.
/// </summary>
/// <remarks>
/// Layout: 0 magic; 8 the number of the newest incident; 64 brake; 512 acts, 24 bytes each; 3072 flights, 64 bytes
/// each; 3584 the rules of the kills that the brake remembers; 4096 the undo journal. Native byte order is not used: a
/// file could only ever meet another order on another machine, and the format should not depend on it.
/// </remarks>
internal sealed class RunLedger
{
    /// <summary>Bytes of the ledger without the undo journal that follows it.</summary>
    public const int Size = 4096;

    public const int MaxFlights = 8;

    private const uint Magic = 0x31445250;
    private const int IncidentOffset = 8;
    private const int BrakeOffset = 64;
    private const int BrakeSize = 448;
    private const int ActOffset = 512;
    private const int ActSize = 24;
    private const int ActCount = 96;
    private const int FlightOffset = 3072;
    private const int FlightSize = 64;

    /// <summary>A flight's mark of validity; what is more is 1 + the place of its action in the chain.</summary>
    private const long ValidFlight = 1;

    private const int BrakeRulesOffset = FlightOffset + (MaxFlights * FlightSize);
    private const int BrakeRulesSize = 384;

    private readonly IRunStore _store;

    public RunLedger(IRunStore store)
    {
        _store = store;
        Span<byte> bytes = store.Bytes;
        if (bytes.Length < Size)
            throw new ArgumentException($"the run store has {bytes.Length} bytes, it needs {Size}", nameof(store));
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic)
            return;
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
    }

    /// <summary>The number that an incident had last, whether it was ever written to disk or not; 0: none.</summary>
    public long LastIncident
    {
        get => BinaryPrimitives.ReadInt64LittleEndian(_store.Bytes[IncidentOffset..]);
        set => BinaryPrimitives.WriteInt64LittleEndian(_store.Bytes[IncidentOffset..], value);
    }

    /// <summary>The brake's own record.</summary>
    public Span<byte> Brake => _store.Bytes.Slice(BrakeOffset, BrakeSize);

    /// <summary>Which rules' kills the brake remembers.</summary>
    public Span<byte> BrakeRules => _store.Bytes.Slice(BrakeRulesOffset, BrakeRulesSize);

    /// <summary>When a rule last acted on a match; 0 when that is not known.</summary>
    /// <param name="ruleHash">See <see cref="HashOf"/>.</param>
    /// <param name="identity">The match's inode; 0 for the host.</param>
    public long LastActUsec(ulong ruleHash, long identity)
    {
        for (int i = 0; i < ActCount; i++)
        {
            ReadOnlySpan<byte> record = Act(i);
            if (BinaryPrimitives.ReadUInt64LittleEndian(record) == ruleHash
                && BinaryPrimitives.ReadInt64LittleEndian(record[8..]) == identity)
            {
                return BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
            }
        }

        return 0;
    }

    /// <summary>Notes an act. When the table is full the oldest act makes room.</summary>
    public void NoteAct(ulong ruleHash, long identity, long nowUsec)
    {
        int target = 0;
        long oldest = long.MaxValue;
        for (int i = 0; i < ActCount; i++)
        {
            ReadOnlySpan<byte> record = Act(i);
            long usec = BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
            bool same = BinaryPrimitives.ReadUInt64LittleEndian(record) == ruleHash
                && BinaryPrimitives.ReadInt64LittleEndian(record[8..]) == identity;
            if (same)
            {
                target = i;
                break;
            }

            if (usec < oldest)
            {
                oldest = usec;
                target = i;
            }
        }

        Span<byte> act = Act(target);
        BinaryPrimitives.WriteUInt64LittleEndian(act, 0);
        BinaryPrimitives.WriteInt64LittleEndian(act[8..], identity);
        BinaryPrimitives.WriteInt64LittleEndian(act[16..], nowUsec);
        BinaryPrimitives.WriteUInt64LittleEndian(act, ruleHash);
    }

    /// <summary>The victim in flight at a place; false when there is none.</summary>
    public bool TryReadFlight(int index, out FlightRecord flight)
    {
        ReadOnlySpan<byte> record = Flight(index);
        flight = default;
        long mark = BinaryPrimitives.ReadInt64LittleEndian(record);
        if (mark == 0)
            return false;
        flight = new FlightRecord
        {
            Identity = new VictimIdentity(
                BinaryPrimitives.ReadInt32LittleEndian(record[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(record[16..])),
            Group = BinaryPrimitives.ReadInt32LittleEndian(record[12..]),
            SignalUsec = BinaryPrimitives.ReadInt64LittleEndian(record[24..]),
            KillUsec = BinaryPrimitives.ReadInt64LittleEndian(record[32..]),
            GraceUsec = BinaryPrimitives.ReadInt64LittleEndian(record[40..]),
            ExpectedBytes = BinaryPrimitives.ReadInt64LittleEndian(record[48..]),
            RuleHash = BinaryPrimitives.ReadUInt64LittleEndian(record[56..]),
            ActionIndex = (int)Math.Clamp(mark - ValidFlight, 0, int.MaxValue) - 1,
        };
        return true;
    }

    public void WriteFlight(int index, in FlightRecord flight)
    {
        Span<byte> record = Flight(index);
        BinaryPrimitives.WriteInt64LittleEndian(record, 0);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], flight.Identity.Pid);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], flight.Group);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], flight.Identity.Mark);
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], flight.SignalUsec);
        BinaryPrimitives.WriteInt64LittleEndian(record[32..], flight.KillUsec);
        BinaryPrimitives.WriteInt64LittleEndian(record[40..], flight.GraceUsec);
        BinaryPrimitives.WriteInt64LittleEndian(record[48..], flight.ExpectedBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(record[56..], flight.RuleHash);
        BinaryPrimitives.WriteInt64LittleEndian(record, ValidFlight + 1 + flight.ActionIndex);
    }

    public void ClearFlight(int index) => BinaryPrimitives.WriteInt64LittleEndian(Flight(index), 0);

    /// <summary>A rule's name as a number (FNV-1a over its characters): the same after a restart or reload.</summary>
    public static ulong HashOf(string ruleName)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in ruleName)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    private Span<byte> Act(int index) => _store.Bytes.Slice(ActOffset + (index * ActSize), ActSize);

    private Span<byte> Flight(int index) => _store.Bytes.Slice(FlightOffset + (index * FlightSize), FlightSize);
}
