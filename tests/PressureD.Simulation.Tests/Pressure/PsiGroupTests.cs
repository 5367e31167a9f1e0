using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Tests.Pressure;

public class PsiGroupTests
{
    private const long Msec = 1_000_000;
    private const long PeriodNsec = 2_004 * Msec;

    // The machine has been up for a while: the first event of a trigger is not held back.
    private const long StartNsec = 100_000 * Msec;

    private readonly PsiGroup _group = new(StartNsec, PeriodNsec, 4 * Msec, spuriousBaseline: true);
    private long _nowNsec = StartNsec;

    [Fact]
    public void Averages_stand_still_within_a_period_while_the_total_moves()
    {
        Stall(PsiState.MemorySome, 100, seconds: 1);
        _group.Read(_nowNsec);
        Assert.Equal(0, _group.Averages(PsiState.MemorySome).Avg10);
        Assert.Equal(1_000 * Msec, _group.TotalNsec(PsiState.MemorySome));
        Stall(PsiState.MemorySome, 100, seconds: 2);
        Assert.True(_group.Averages(PsiState.MemorySome).Avg10 > 0);
    }

    [Fact]
    public void A_reader_that_passes_the_period_folds_it()
    {
        Stall(PsiState.MemorySome, 100, seconds: 1);
        _group.Read(StartNsec + PeriodNsec);
        var percent = (int)(1_000 * Msec * 100 / PeriodNsec);
        Assert.Equal(49, percent);
        Assert.Equal(((percent * 2048L * (2048 - 1677)) + 2047) / 2048, _group.Averages(PsiState.MemorySome).Avg10);
    }

    [Fact]
    public void More_stall_than_period_is_carried_to_the_next_one()
    {
        _nowNsec += 10 * Msec;
        _group.AddStall(PsiState.MemorySome, 4_000 * Msec, _nowNsec);
        _group.Read(StartNsec + PeriodNsec);
        var first = _group.Averages(PsiState.MemorySome).Avg10;
        _group.Read(StartNsec + (2 * PeriodNsec));
        Assert.True(_group.Averages(PsiState.MemorySome).Avg10 > first,
            "the rest of the stall counts in the next period");
        Assert.Equal(4_000 * Msec, _group.TotalNsec(PsiState.MemorySome));
    }

    [Fact]
    public void An_idle_group_sleeps_and_catches_up_when_read()
    {
        Stall(PsiState.MemorySome, 100, seconds: 20);
        var top = _group.Averages(PsiState.MemorySome).Avg10;
        for (var tick = 0; tick < 6_000 && _group.Awake; tick++) Tick();
        Assert.False(_group.Awake);
        _nowNsec += 60_000 * Msec;
        _group.Read(_nowNsec);
        Assert.True(_group.Averages(PsiState.MemorySome).Avg10 < top / 50);
    }

    [Fact]
    public void A_privileged_trigger_fires_when_the_threshold_is_reached_and_not_before()
    {
        var trigger = _group.Arm(PsiState.MemorySome, 50 * Msec, 1_000 * Msec, privileged: true, _nowNsec);
        var stalled = 0L;
        while (!trigger.Event && stalled < 1_000)
        {
            StallTick(PsiState.MemorySome, 10);
            stalled += 1;
        }

        // At 1 ms of stall a tick, 50 ms take 500 ms; the monitor looks every 100 ms, from one jiffy after the start.
        Assert.InRange(stalled, 50, 65);
        Assert.True(trigger.Consume());
        Assert.False(trigger.Event);
    }

    [Fact]
    public void A_trigger_fires_at_the_earliest_a_tenth_of_its_window_after_the_start()
    {
        var trigger = _group.Arm(PsiState.MemorySome, 1 * Msec, 1_000 * Msec, privileged: true, _nowNsec);
        var ticks = 0;
        for (; !trigger.Event && ticks < 100; ticks++) StallTick(PsiState.MemorySome, 100);
        Assert.InRange(ticks, 10, 13);
    }

    [Fact]
    public void Events_come_at_most_once_a_window_and_are_deferred_not_lost()
    {
        var trigger = _group.Arm(PsiState.MemorySome, 100 * Msec, 1_000 * Msec, privileged: true, _nowNsec);
        for (var tick = 0; tick < 600; tick++)
        {
            StallTick(PsiState.MemorySome, 100);
            trigger.Consume();
        }

        Assert.InRange(trigger.Raised, 5, 6);
    }

    [Fact]
    public void Stall_below_the_threshold_never_fires()
    {
        var trigger = _group.Arm(PsiState.MemoryFull, 500 * Msec, 1_000 * Msec, privileged: true, _nowNsec);
        Stall(PsiState.MemoryFull, 40, seconds: 30);
        Assert.Equal(0, trigger.Raised);
        Assert.False(trigger.Event);
    }

    [Fact]
    public void The_other_line_does_not_fire_a_trigger()
    {
        var trigger = _group.Arm(PsiState.MemoryFull, 50 * Msec, 1_000 * Msec, privileged: true, _nowNsec);
        Stall(PsiState.MemorySome, 100, seconds: 5);
        Assert.Equal(0, trigger.Raised);
    }

    [Fact]
    public void An_unprivileged_trigger_is_looked_at_only_with_the_averages()
    {
        var trigger = _group.Arm(PsiState.MemorySome, 500 * Msec, 2_000 * Msec, privileged: false, _nowNsec);
        var ticks = 0;
        for (; !trigger.Event && ticks < 1_000; ticks++) StallTick(PsiState.MemorySome, 100);
        Assert.InRange(ticks, 195, 205);
    }

    [Fact]
    public void An_unprivileged_trigger_fires_without_cause_for_what_was_stalled_before_it()
    {
        Stall(PsiState.MemorySome, 100, seconds: 10);
        var trigger = _group.Arm(PsiState.MemorySome, 1_900 * Msec, 2_000 * Msec, privileged: false, _nowNsec);
        StallTick(PsiState.MemorySome, 1);
        Idle(seconds: 3);
        Assert.Equal(1, trigger.Raised);

        var exact = new PsiGroup(0, PeriodNsec, 4 * Msec, spuriousBaseline: false);
        exact.AddStall(PsiState.MemorySome, 10_000 * Msec, 1);
        Assert.Equal(
            10_000 * Msec, exact.Arm(PsiState.MemorySome, 1, 2_000 * Msec, false, 1).WindowStartValue);
    }

    [Fact]
    public void Disarmed_triggers_stay_silent()
    {
        var trigger = _group.Arm(PsiState.MemorySome, 50 * Msec, 1_000 * Msec, privileged: true, _nowNsec);
        _group.Disarm(trigger);
        Stall(PsiState.MemorySome, 100, seconds: 5);
        Assert.Equal(0, trigger.Raised);
    }

    private void Tick()
    {
        _nowNsec += 10 * Msec;
        _group.Tick(_nowNsec);
    }

    private void StallTick(PsiState state, int percent)
    {
        _nowNsec += 10 * Msec;
        _group.AddStall(state, 10 * Msec * percent / 100, _nowNsec);
        _group.Tick(_nowNsec);
    }

    private void Stall(PsiState state, int percent, int seconds)
    {
        for (var tick = 0; tick < seconds * 100; tick++) StallTick(state, percent);
    }

    private void Idle(int seconds)
    {
        for (var tick = 0; tick < seconds * 100; tick++) Tick();
    }
}
