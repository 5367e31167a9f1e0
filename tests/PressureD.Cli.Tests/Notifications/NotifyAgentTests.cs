using System;
using System.Linq;
using System.Text;
using PressureD.Cli.Notifications;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Tests;
using PressureD.Systemd.Tests.Bus;

namespace PressureD.Cli.Tests.Notifications;

/// <summary>The agent between a real bus with the daemon's service and one with a stand-in for the desktop's.</summary>
public sealed class NotifyAgentTests
{
    private const string Own = "user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-4711.scope";
    private const string Foreign = "user.slice/user-1001.slice/session-2.scope";

    private static readonly NotifyOptions Usual = new(1000, OthersPolicy.Mention, Level: null);

    [Fact]
    public void A_death_is_told_by_name_and_with_the_reason()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService daemon = new RunningService(bus.Address).WaitOnBus();
        using FakeNotifications desktop = new(bus.Address);
        using RunningAgent agent = new RunningAgent(bus.Address, bus.Address, Usual).WaitListening();
        Fire(daemon, "mem.available_user 3.1% < 10.0%");
        Kill(daemon, "Isolated Web Co", Own);
        Eventually.True(() => desktop.Shown.Count > 0, $"it is shown; {agent.Said}");
        Assert.Equal(
            (0u, "Isolated Web Co of firefox was ended to free memory",
                "Memory was running out: mem.available_user 3.1% &lt; 10.0%.\nThat freed 1.0 GiB."),
            desktop.Shown[0]);
    }

    [Fact]
    public void A_burst_is_one_notification_that_is_brought_up_to_date()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService daemon = new RunningService(bus.Address).WaitOnBus();
        using FakeNotifications desktop = new(bus.Address);
        using RunningAgent agent = new RunningAgent(bus.Address, bus.Address, Usual).WaitListening();
        for (int i = 0; i < 8; i++)
            Kill(daemon, $"hog{i}", Own);
        Kill(daemon, "secret", Foreign);
        Eventually.True(() => desktop.Shown.LastOrDefault().Summary?.StartsWith("9 ") == true, "all are told");
        Assert.InRange(desktop.Shown.Count, 1, 2);
        Assert.All(desktop.Shown.Skip(1), static one => Assert.Equal(1u, one.Replaces));
        Assert.Equal("9 programs were ended to free memory", desktop.Shown[^1].Summary);
        Assert.StartsWith(
            "hog0 of firefox, hog1 of firefox, hog2 of firefox, hog3 of firefox, hog4 of firefox and 3 more.\n"
            + "One belonged to another user or to the system.",
            desktop.Shown[^1].Body);
    }

    [Theory]
    [InlineData("Mention", "A program was ended to free memory", "It belonged to another user or to the system.")]
    [InlineData("Name", "secret was ended to free memory", "Memory was running out: why.")]
    public void Of_others_no_name_is_told_unless_allowed(string others, string summary, string sentence)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService daemon = new RunningService(bus.Address).WaitOnBus();
        using FakeNotifications desktop = new(bus.Address);
        NotifyOptions options = Usual with { Others = Enum.Parse<OthersPolicy>(others) };
        using RunningAgent agent = new RunningAgent(bus.Address, bus.Address, options).WaitListening();
        Fire(daemon, "why");
        Kill(daemon, "secret", Foreign);
        Eventually.True(() => desktop.Shown.Count > 0, "it is shown");
        Assert.Equal(summary, desktop.Shown[0].Summary);
        Assert.Contains(sentence, desktop.Shown[0].Body);
        Assert.Equal(others == "Name", desktop.Shown[0].Body.Contains("why"));
    }

    [Fact]
    public void Of_others_nothing_is_told_when_hidden()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService daemon = new RunningService(bus.Address).WaitOnBus();
        using FakeNotifications desktop = new(bus.Address);
        NotifyOptions options = Usual with { Others = OthersPolicy.Hide };
        using RunningAgent agent = new RunningAgent(bus.Address, bus.Address, options).WaitListening();
        Kill(daemon, "secret", Foreign);
        Kill(daemon, "mine", Own);
        Eventually.True(() => desktop.Shown.Count > 0, "the own one is shown");
        Assert.Equal("mine of firefox was ended to free memory", desktop.Shown[0].Summary);
    }

    [Fact]
    public void Short_memory_is_told_when_asked_for_and_once()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService daemon = new RunningService(bus.Address).WaitOnBus();
        using FakeNotifications desktop = new(bus.Address);
        NotifyOptions options = Usual with { Level = PressureLevel.Medium };
        using RunningAgent agent = new RunningAgent(bus.Address, bus.Address, options).WaitListening();
        foreach (PressureLevel level in (PressureLevel[])
            [PressureLevel.Low, PressureLevel.Medium, PressureLevel.Normal, PressureLevel.Critical])
        {
            Emit(daemon, DaemonEventKind.LevelChanged, item => item.Level = level);
        }

        Kill(daemon, "last", Own);
        Eventually.True(() => desktop.Shown.Any(static one => one.Summary.StartsWith("last")), "the last is shown");
        Assert.Equal(["Memory is short"], desktop.Shown.SkipLast(1).Select(static one => one.Summary));
    }

    [Fact]
    public void It_comes_back_when_a_bus_does_and_then_shows_what_nobody_could_show()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using PrivateBus session = new PrivateBus().Start();
        using RunningService daemon = new RunningService(bus.Address).WaitOnBus();
        using RunningAgent agent = new RunningAgent(bus.Address, session.Address, Usual).WaitListening();
        Kill(daemon, "nobody-looks", Own);
        Eventually.True(() => agent.Said.Contains("no notification: "), "it says that nobody shows it");

        bus.Kill();
        Eventually.True(() => agent.Said.Contains("nobody listens"), "it sees that the bus is gone");
        bus.Start();
        daemon.WaitOnBus();
        Eventually.True(() => Count(agent.Said, "listening to pressured") == 2, $"it listens again: {agent.Said}");
        using FakeNotifications desktop = new(session.Address);
        Kill(daemon, "again", Own);
        Eventually.True(
            () => desktop.Shown.LastOrDefault().Body?.Contains("nobody-looks of firefox, again of firefox") == true,
            "both are shown");
    }

    [Theory]
    [InlineData("firefox", "app-gnome-firefox-4711.scope", "firefox")]
    [InlineData("Isolated Web Co", "app-org.mozilla.firefox@fa3.service", "Isolated Web Co of org.mozilla.firefox")]
    [InlineData("cc1plus", "app-gnome\\x2dterminal-org.gnome.Terminal-12.scope", "cc1plus of org.gnome.Terminal")]
    [InlineData("", "app-flatpak-com.valve.Steam-99.scope", "com.valve.Steam")]
    [InlineData("", "session-2.scope", "session-2.scope")]
    [InlineData("java", "session-2.scope", "java")]
    [InlineData("x", "app-.scope", "x")]
    public void A_person_knows_a_program_by_its_application(string comm, string unit, string name) =>
        Assert.Equal(name, VictimName.Of(comm, $"user.slice/user-1000.slice/{unit}"));

    [Theory]
    [InlineData("user.slice/user-1000.slice/session-1.scope", true)]
    [InlineData("/user.slice/user-1000.slice", true)]
    [InlineData("user.slice/user-10000.slice/x", false)]
    [InlineData("system.slice/user.slice/user-1000.slice/x", false)]
    [InlineData("", false)]
    public void Own_is_what_logind_put_below_the_users_slice(string cgroup, bool own) =>
        Assert.Equal(own, VictimName.IsOf(1000, cgroup));

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static void Fire(RunningService daemon, string evidence) =>
        Emit(daemon, DaemonEventKind.RuleFired, item =>
        {
            item.ReasonOffset = item.Text.Append("out-of-memory-soon: fired, ").Length;
            item.Text.Append(evidence);
        });

    private static void Kill(RunningService daemon, string comm, string cgroup) =>
        Emit(daemon, DaemonEventKind.Killed, item =>
        {
            item.Pid = 4711;
            item.FreedBytes = 1 << 30;
            item.Comm.Append(comm);
            item.Cgroup.Append(Encoding.UTF8.GetBytes(cgroup));
            item.Text.Append("out-of-memory-soon: died");
        });

    private static void Emit(RunningService daemon, DaemonEventKind kind, Action<DaemonEvent> fill)
    {
        DaemonEvent item = daemon.Events.Begin(kind, 5, EventPriority.Warning);
        item.Rule = "out-of-memory-soon";
        fill(item);
        daemon.Events.Commit();
    }
}
