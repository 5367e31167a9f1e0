using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.ScenarioFiles;

/// <summary>What processes do, as it is written: what is taken, and what is said about the rest.</summary>
public sealed class WorkloadReaderTests
{
    [Theory]
    [InlineData("leak: { rate: 1MiB/s, shape: exponential, over: 1s }",
        "a leak without 'to', expected what 'shape' leads to")]
    [InlineData("leak: { rate: 1MiB/s, shape: ramp, to: 2MiB/s }",
        "a leak without 'over', expected what 'shape' leads to")]
    [InlineData("leak: { rate: 1MiB/s, shape: ramp, to: 2MiB/s, over: 0 }", "'over' is 0, expected more")]
    [InlineData("leak: { rate: 1MiB/s, to: 2MiB/s }", "'to' without 'shape', expected ramp, exponential or step")]
    [InlineData("leak: { rate: 1MiB/s, shape: constant, over: 2s }", "'over' of a leak that is constant")]
    [InlineData("leak: { rate: 1MiB/s, shape: ram, to: 2MiB/s, over: 1s }",
        "'shape' is 'ram', expected one of constant, ramp, exponential, step; did you mean 'ramp'?")]
    [InlineData("leak: { rate: 1KiB/s, shape: exponential, to: 2MiB/s, over: 1s }",
        "'rate' is below 4KiB/s, expected more of what is exponential")]
    [InlineData("leak: { rate: 1KiB/s }", "'rate' is below 4KiB/s, a page a second: it would stand still")]
    [InlineData("mlock: { size: 1MiB, fill: 3KiB/s }",
        "'fill' is below 4KiB/s, a page a second: it would stand still")]
    [InlineData("leak: { rate: 1MiB/s, used: 101% }", "'used' is '101%', expected at most 100%")]
    [InlineData("spike: { peak: 1MiB, base: 1MiB }", "'base' is not below 'peak'")]
    [InlineData("spike: { peak: 1MiB, rise: 1s, fall: 1s, period: 7s }",
        "'period' is 7 s, expected more than 'rise', 'hold' and 'fall' together, which is 7 s")]
    [InlineData("hot-set: { size: 1MiB, write: 1% }", "unknown key 'write' in a hot set; did you mean 'writes'?")]
    [InlineData("hot-set: { size: 1MiB, cold-touches: 1/s }", "'cold-touches' without 'cold', expected that set's size")]
    [InlineData("mlock: {}", "locked memory without 'size', expected Memory that no reclaim takes.")]
    [InlineData("mlok: { size: 1MiB }", "unknown key 'mlok' in a process; did you mean 'mlock'?")]
    [InlineData("reactive: { size: 1MiB, stall: 2001ms }",
        "'stall' is not within 2s, expected more than 0 and at most 2s")]
    [InlineData("reactive: { size: 1MiB, stall: 0 }", "'stall' is not within 2s, expected more than 0 and at most 2s")]
    [InlineData("writer: { rate: 1MiB/s, fsync: 9ms }", "'fsync' is below 10ms, a tick of the simulation")]
    [InlineData("stream: { rate: 1MiB/s, size: 4095B }", "'size' is below 4KiB, a page")]
    [InlineData("forks: { rate: 10001/s }", "'rate' is not within 1/s to 10000/s")]
    [InlineData("forks: { rate: 0/s }", "'rate' is not within 1/s to 10000/s")]
    [InlineData("forks: { rate: 1/s, life: 0 }", "'life' is 0, expected more")]
    public void What_is_wrong_is_said(string work, string problem)
    {
        string only = Assert.Single(Scenarios.Problems(Scenario(work)));
        Assert.EndsWith(": " + problem, only);
    }

    [Fact]
    public void A_limit_of_processes_is_a_number_or_max()
    {
        const string scenario = "title: t\nduration: 1s\ncgroups: [ { path: a, pids.max: MANY } ]\n";
        foreach (string wrong in (string[])["many", "-1", "1.5", "4GiB"])
            Assert.EndsWith(
                $"'pids.max' is '{wrong}', expected a number or max",
                Assert.Single(Scenarios.Problems(scenario.Replace("MANY", wrong))));
        foreach (string right in (string[])["0", "100", "max"])
            Assert.Empty(Scenarios.Problems(scenario.Replace("MANY", right)));
    }

    [Fact]
    public void What_is_written_is_what_they_do()
    {
        LeakWorkload leak = Made<LeakWorkload>(
            "leak: { rate: 1MiB/s, shape: step, to: 3MiB/s, over: 4s, used: 5%, ceiling: 6MiB }");
        Assert.Equal(
            (1L << 20, LeakShape.Step, 3L << 20, 4_000_000, 50_000, 6L << 20),
            (leak.BytesPerSecond, leak.Shape, leak.FinalBytesPerSecond, leak.OverUsec, leak.UsedMillionths,
                leak.CeilingBytes));
        SpikeWorkload spike = Made<SpikeWorkload>(
            "spike: { base: 1MiB, peak: 2MiB, rise: 3s, hold: 4s, fall: 5s, period: 60s }");
        Assert.Equal(
            (1L << 20, 2L << 20, 3_000_000, 4_000_000, 5_000_000, 60_000_000),
            (spike.BaseBytes, spike.PeakBytes, spike.RiseUsec, spike.HoldUsec, spike.FallUsec, spike.PeriodUsec));
        HotSetWorkload set = Made<HotSetWorkload>(
            "hot-set: { size: 1MiB, touches: 2/s, cold: 3MiB, cold-touches: 4/s, writes: 5%, fill: 6MiB/s }");
        Assert.Equal(
            (1L << 20, 2, 3L << 20, 4, 50_000, 6L << 20),
            (set.SizeBytes, set.TouchesPerSecond, set.ColdBytes, set.ColdTouchesPerSecond, set.WriteMillionths,
                set.FillBytesPerSecond));
        ReactiveWorkload cache = Made<ReactiveWorkload>("reactive: { size: 1MiB, fill: 2MiB/s, watches: machine, "
            + "stall: 3ms, delay: 4ms, sheds: 5%, pause: 6s }");
        Assert.Equal(
            (1L << 20, 2L << 20, true, 3_000, 4_000, 50_000, 6_000_000),
            (cache.SizeBytes, cache.FillBytesPerSecond, cache.WatchesMachine, cache.StallUsec, cache.DelayUsec,
                cache.ShedMillionths, cache.PauseUsec));
        WriterWorkload writer = Made<WriterWorkload>("writer: { rate: 1MiB/s, fsync: 2s, ceiling: 3MiB }");
        Assert.Equal(
            (1L << 20, 2_000_000, 3L << 20), (writer.BytesPerSecond, writer.SyncUsec, writer.CeilingBytes));
        StreamWorkload stream = Made<StreamWorkload>("stream: { rate: 1MiB/s, size: 2MiB, reuse: 3% }");
        Assert.Equal((1L << 20, 2L << 20, 30_000), (stream.BytesPerSecond, stream.SizeBytes, stream.ReuseMillionths));
        ForksWorkload forks = Made<ForksWorkload>("forks: { rate: 1/s, memory: 2MiB, life: 3s, bomb: true }");
        Assert.Equal(
            (1, 2L << 20, 3_000_000, true), (forks.ForksPerSecond, forks.ChildBytes, forks.LifeUsec, forks.IsBomb));
        MlockWorkload locked = Made<MlockWorkload>("mlock: { size: 1MiB, fill: 2MiB/s }");
        Assert.Equal((1L << 20, 2L << 20), (locked.SizeBytes, locked.FillBytesPerSecond));
    }

    [Fact]
    public void Rows_show_what_is_locked_and_what_is_dirty()
    {
        (ScenarioOutcome outcome, _) = Scenarios.Run("""
            title: t
            policy: none
            duration: 3s
            processes:
              - { name: a, cgroup: a, mlock: { size: 20MiB } }
              - { name: b, cgroup: b, writer: { rate: 5MiB/s } }
            """);
        ScenarioRow last = outcome.Rows[^1];
        Assert.Equal(20 << 20, last.LockedBytes);
        Assert.InRange(last.DirtyBytes, 14 << 20, 15 << 20);
    }

    private static T Made<T>(string work) =>
        Assert.IsType<T>(Assert.Single(Scenarios.Read(Scenario(work)).Processes).Work!());

    private static string Scenario(string work) =>
        $"title: t\npolicy: none\nduration: 1s\nprocesses: [ {{ name: a, cgroup: a, {work} }} ]\n";
}
