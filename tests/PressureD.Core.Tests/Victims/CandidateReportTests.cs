using System;
using System.Linq;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Tests.Loop;
using PressureD.Core.Victims;

namespace PressureD.Core.Tests.Victims;

/// <summary>What a choice leaves behind for whoever asks why it was this one and not another.</summary>
public sealed class CandidateReportTests
{
    private const long MiB = 1 << 20;

    private readonly ReplayKernel _kernel = new();
    private readonly VictimSelector _selector;
    private readonly Victim _victim = new();
    private readonly TextBuffer _passedOver = new(512);

    public CandidateReportTests()
    {
        var ledger = new RunLedger(new TestRunStore());
        var cgroups = new CgroupTable(_kernel);
        var members = new MemberList(_kernel);
        var processes = new ProcessTable(_kernel);
        var groups = new GroupKiller(_kernel, processes);
        var flights = new KillFlights(
            _kernel,
            ledger,
            new CgroupKiller(_kernel, cgroups, new UndoJournal(new TestRunStore()), members),
            groups,
            new OomdCounters(_kernel, members),
            new Teardown(_kernel, processes),
            new MemoryReleases(_kernel, cgroups, members, processes, groups));
        _selector = new VictimSelector(_kernel, cgroups, flights, members, processes, groups)
        {
            Scales = new MachineScales(1000 * MiB, 1000 * MiB),
        };
    }

    [Fact]
    public void It_tells_the_values_the_refusals_and_who_was_behind()
    {
        _kernel.Processes.Add(new ReplayProcess(1001, "spared", "/a/1", 300));
        _kernel.Processes.Add(new ReplayProcess(1002, "taken", "/a/2", 200));
        _kernel.Processes.Add(new ReplayProcess(1003, "behind", "/a/3", 100));
        Assert.Equal(Selection.Found, Select());

        CandidateReport report = _selector.Report;
        Assert.Equal((3, 2), (report.Candidates, report.Examined));
        Assert.Equal(new[] { RankKey.Size, RankKey.Badness }, report.Action!.Rank.ToArray());
        CandidateRow[] rows = report.Rows.ToArray();
        Assert.Equal([1001, 1002, 1003], rows.Select(row => row.Pid));
        Assert.Equal(
            [Refusal.Protected, Refusal.None, Refusal.None], rows.Select(row => row.Refusal));
        Assert.Equal([false, true, false], rows.Select(row => row.IsTaken));
        Assert.Equal(["spared", "taken", "behind"], rows.Select(row => Text(row.Comm)));
        Assert.Equal(["a/1", "a/2", "a/3"], rows.Select(row => Text(row.Path)));
        Assert.Equal(rows[1].SizeBytes, rows[1].Values.Of(RankKey.Size));
        Assert.InRange(rows[1].Values.Of(RankKey.Badness), 200 * MiB, 201 * MiB);
        Assert.Equal(7u, rows[2].Uid);
    }

    [Fact]
    public void It_has_room_for_so_many_and_for_the_one_that_was_taken()
    {
        for (int i = 0; i < 30; i++)
            _kernel.Processes.Add(new ReplayProcess(1000 + i, i == 0 ? "taken" : "spared", "/a/1", 100 + (i * 50)));
        Assert.Equal(Selection.Found, Select());
        Assert.Equal((30, 30), (_selector.Report.Candidates, _selector.Report.Examined));
        CandidateRow[] rows = _selector.Report.Rows.ToArray();
        Assert.Equal(CandidateReport.MaxRows, rows.Length);
        Assert.Equal(Enumerable.Range(0, 15).Select(i => 1029 - i), rows[..15].Select(row => row.Pid));
        Assert.Equal((1000, true), (rows[15].Pid, rows[15].IsTaken));
    }

    [Fact]
    public void A_choice_that_finds_nobody_tells_why()
    {
        _kernel.Processes.Add(new ReplayProcess(1001, "small", "/a/1", 3));
        Assert.Equal(Selection.Nobody, Select());
        CandidateRow row = Assert.Single(_selector.Report.Rows.ToArray());
        Assert.Equal(Refusal.TooSmall, row.Refusal);
        Assert.False(row.IsTaken);
    }

    private Selection Select() => _selector.Select(
        new CompiledKill(new KillAction
        {
            From = new CgroupPattern("**"),
            Victim = VictimKind.Process,
            Rank = [RankKey.Size, RankKey.Badness],
            Protect = [new Matcher { Comm = new TextPattern("^spared$"), Text = "comm" }],
            Signal = Signals.Kill,
            MinSizeBytes = 10 * MiB,
        }),
        null,
        _kernel.NowUsec,
        mayWait: false,
        _victim,
        _passedOver);

    private static string Text(TextBuffer text) => Encoding.UTF8.GetString(text.Span);
}
