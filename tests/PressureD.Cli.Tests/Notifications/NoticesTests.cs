using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using PressureD.Cli.Notifications;
using PressureD.Core.Policy;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Tests;

namespace PressureD.Cli.Tests.Notifications;

/// <summary>What is shown when, by a clock of the test's and a stand-in for the desktop's notifications.</summary>
public sealed class NoticesTests : IDisposable
{
    private const string Own = "user.slice/user-1000.slice/session-1.scope";

    private readonly PrivateBus _bus = new PrivateBus().Start();
    private readonly FakeClock _clock = new();
    private readonly List<string> _complaints = [];
    private readonly Notices _notices;

    public NoticesTests() => _notices = new Notices(
        () => new DesktopNotifications(_bus.Address),
        new NotifyOptions(1000, OthersPolicy.Mention, PressureLevel.Medium),
        _clock,
        _complaints.Add);

    public void Dispose()
    {
        _notices.Dispose();
        _bus.Dispose();
    }

    [Fact]
    public void Between_two_notifications_are_two_seconds()
    {
        using FakeNotifications desktop = new(_bus.Address);
        Die("first");
        Assert.Equal(Timeout.InfiniteTimeSpan, _notices.Advance());
        _clock.Advance(0.5);
        Die("second");
        Assert.Equal(TimeSpan.FromSeconds(1.5), _notices.Advance());
        Assert.Single(desktop.Shown);
        _clock.Advance(1.5);
        Assert.Equal(Timeout.InfiniteTimeSpan, _notices.Advance());
        Assert.Equal(
            (1u, "2 programs were ended to free memory"), (desktop.Shown[1].Replaces, desktop.Shown[1].Summary));
    }

    [Fact]
    public void Who_takes_a_notification_and_does_not_answer_gets_it_once()
    {
        using FakeNotifications desktop = new(_bus.Address) { IsStalled = true };
        Die("first");
        Assert.Equal(Timeout.InfiniteTimeSpan, _notices.Advance());
        Assert.Single(_complaints);
        Assert.Single(desktop.Shown);
    }

    [Fact]
    public void That_memory_is_short_is_told_when_nobody_was_there_to_show_it_a_moment_ago()
    {
        _notices.Take(new BusSignal("LevelChanged") { Level = (byte)PressureLevel.Critical });
        using FakeNotifications desktop = new(_bus.Address);
        _notices.Take(new BusSignal("LevelChanged") { Level = (byte)PressureLevel.Normal });
        _notices.Take(new BusSignal("LevelChanged") { Level = (byte)PressureLevel.Critical });
        Assert.Equal("Memory is short", Assert.Single(desktop.Shown).Summary);
    }

    [Theory]
    [InlineData(60, 1, "2 programs were ended to free memory")]
    [InlineData(60.1, 0, "second was ended to free memory")]
    public void A_death_more_than_a_minute_after_the_last_is_told_apart(double seconds, uint replaces, string summary)
    {
        using FakeNotifications desktop = new(_bus.Address);
        Die("first");
        _notices.Advance();
        _clock.Advance(seconds);
        Die("second");
        _notices.Advance();
        Assert.Equal((replaces, summary), (desktop.Shown[1].Replaces, desktop.Shown[1].Summary));
    }

    [Theory]
    [InlineData(60, "Memory was running out: because.")]
    [InlineData(60.1, "")]
    public void What_a_rule_said_is_the_reason_for_a_minute(double seconds, string body)
    {
        using FakeNotifications desktop = new(_bus.Address);
        _notices.Take(new BusSignal("RuleFired") { Rule = "low", Text = "because" });
        _clock.Advance(seconds);
        Die("victim");
        _notices.Advance();
        Assert.Equal(body, desktop.Shown[0].Body);
    }

    [Fact]
    public void That_memory_is_short_is_told_once_a_minute_at_most()
    {
        using FakeNotifications desktop = new(_bus.Address);
        BecomeShort();
        _clock.Advance(59);
        BecomeShort();
        Assert.Single(desktop.Shown);
        _clock.Advance(1);
        BecomeShort();
        Assert.Equal([0u, 1u], desktop.Shown.Select(static one => one.Replaces));
    }

    [Fact]
    public void What_nobody_could_show_is_tried_again_with_what_came_since_and_says_when_it_was()
    {
        Die("first");
        double[] waits = [.. Enumerable.Range(0, 7).Select(_ =>
        {
            double wait = _notices.Advance().TotalSeconds;
            _clock.Advance(wait);
            return wait;
        })];
        Assert.Equal([1, 2, 4, 8, 16, 30, 30], waits);
        Assert.All(_complaints, static said => Assert.StartsWith("no notification: ", said));
        Die("second");
        _clock.Advance(61);
        using FakeNotifications desktop = new(_bus.Address);
        Assert.Equal(Timeout.InfiniteTimeSpan, _notices.Advance());
        Assert.Equal(
            (0u, "2 programs were ended to free memory", "first, second.\nThe last time was at 00:01."),
            Assert.Single(desktop.Shown));

        // Once it works, the next failure is followed by a quick attempt again.
        desktop.Dispose();
        _clock.Advance(5);
        Die("third");
        Assert.Equal(TimeSpan.FromSeconds(1), _notices.Advance());
    }

    [Fact]
    public void What_nobody_could_show_for_ten_minutes_is_given_up_and_said()
    {
        Die("old");
        _notices.Advance();
        _clock.Advance(601);
        using FakeNotifications desktop = new(_bus.Address);
        Assert.Equal(Timeout.InfiniteTimeSpan, _notices.Advance());
        Assert.Equal("not shown, and no longer tried: old was ended to free memory", _complaints[^1]);
        Die("new");
        _notices.Advance();
        Assert.Equal("new was ended to free memory", Assert.Single(desktop.Shown).Summary);
    }

    [Fact]
    public void However_many_wait_only_five_names_are_kept()
    {
        for (int i = 0; i < 10_000; i++)
            Die($"hog{i}");
        using FakeNotifications desktop = new(_bus.Address);
        _notices.Advance();
        Assert.Equal(
            ("10000 programs were ended to free memory", "hog0, hog1, hog2, hog3, hog4 and 9995 more."),
            (desktop.Shown[0].Summary, desktop.Shown[0].Body));
    }

    private void Die(string comm) =>
        _notices.Take(new BusSignal("Killed") { Rule = "low", Comm = comm, Cgroup = Own });

    private void BecomeShort()
    {
        _notices.Take(new BusSignal("LevelChanged") { Level = (byte)PressureLevel.Medium });
        _notices.Take(new BusSignal("LevelChanged") { Level = (byte)PressureLevel.Normal });
    }
}
