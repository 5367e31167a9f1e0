using System;
using PressureD.Core.Durable;
using PressureD.Core.Policy;
using PressureD.Core.Tests.Loop;
using PressureD.Core.Victims;

namespace PressureD.Core.Tests.Durable;

public sealed class RunLedgerTests
{
    private readonly TestRunStore _store = new();

    [Fact]
    public void What_was_written_is_there_for_the_next_process()
    {
        var first = new RunLedger(_store);
        var flight = new FlightRecord
        {
            Identity = VictimIdentity.OfProcess(77, long.MaxValue),
            SignalUsec = 5,
            KillUsec = 6,
            GraceUsec = 7,
            ExpectedBytes = 8,
            RuleHash = ulong.MaxValue,
            ActionIndex = 3,
        };
        first.NoteAct(RunLedger.HashOf("a"), 0, 10);
        first.NoteAct(RunLedger.HashOf("a"), 99, 20);
        first.WriteFlight(RunLedger.MaxFlights - 1, flight);
        new Brake(first).NoteKill(7, 30);

        var second = new RunLedger(_store);
        Assert.Equal(10, second.LastActUsec(RunLedger.HashOf("a"), 0));
        Assert.Equal(20, second.LastActUsec(RunLedger.HashOf("a"), 99));
        Assert.Equal(0, second.LastActUsec(RunLedger.HashOf("b"), 0));
        Assert.True(second.TryReadFlight(RunLedger.MaxFlights - 1, out FlightRecord read));
        Assert.Equal(flight, read);
        Assert.False(second.TryReadFlight(0, out _));
        Assert.Equal(1, Kills(second, 7, 40));
        Assert.Equal(0, Kills(second, 8, 40));
        second.ClearFlight(RunLedger.MaxFlights - 1);
        Assert.False(second.TryReadFlight(RunLedger.MaxFlights - 1, out _));
    }

    [Fact]
    public void A_full_table_forgets_the_oldest_act()
    {
        var ledger = new RunLedger(_store);
        for (int i = 0; i < 96; i++)
            ledger.NoteAct(1, i + 1, 1000 + i);
        ledger.NoteAct(1, 1, 5000);
        ledger.NoteAct(2, 0, 6000);
        Assert.Equal(5000, ledger.LastActUsec(1, 1));
        Assert.Equal(0, ledger.LastActUsec(1, 2));
        Assert.Equal(1002, ledger.LastActUsec(1, 3));
        Assert.Equal(6000, ledger.LastActUsec(2, 0));
    }

    [Fact]
    public void What_is_not_a_ledger_is_cleared()
    {
        new Random(1).NextBytes(_store.Bytes);
        var ledger = new RunLedger(_store);
        Assert.Equal(0, Kills(ledger, 7, 1));
        for (int i = 0; i < RunLedger.MaxFlights; i++)
            Assert.False(ledger.TryReadFlight(i, out _));
    }

    /// <summary>What the brake counts of a rule.</summary>
    private static int Kills(RunLedger ledger, ulong rule, long nowUsec) => new Brake(ledger).Of(
        rule, 48, new PolicySet { Rules = [], HostMetrics = [], Files = [] }, nowUsec).Count;

    [Fact]
    public void A_store_that_is_too_small_is_refused() =>
        Assert.Throws<ArgumentException>(() => new RunLedger(new TestRunStore(100)));
}
