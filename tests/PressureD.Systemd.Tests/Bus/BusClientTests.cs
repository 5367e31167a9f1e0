using System;
using PressureD.Systemd.Bus;

namespace PressureD.Systemd.Tests.Bus;

public sealed class BusClientTests
{
    [Fact]
    public void Without_a_bus_there_it_says_so()
    {
        using PrivateBus bus = new();
        BusException problem = Assert.Throws<BusException>(() => new BusClient(bus.Address));
        Assert.Equal(BusProblem.NoBus, problem.Problem);
        Assert.Contains("nobody listens", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_daemon_there_it_says_so_and_what_helps()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using BusClient client = new(bus.Address);
        BusException problem = Assert.Throws<BusException>(client.ReadStatus);
        Assert.Equal(BusProblem.NotRunning, problem.Problem);
        Assert.Contains("systemctl status pressured", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bus_that_hangs_is_not_waited_for_longer_than_asked()
    {
        using PrivateBus bus = new PrivateBus().Start();
        bus.Stop();
        BusException problem = Assert.Throws<BusException>(() => new BusClient(bus.Address, connectUsec: 50_000));
        Assert.True(problem.Problem == BusProblem.NoAnswer, $"{problem.ErrorName} {problem.Message}");
        bus.Continue();
    }

    [Fact]
    public void A_daemon_that_hangs_is_not_waited_for_longer_than_asked()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using BusClient client = new(bus.Address, answerUsec: 50_000);
        bus.Stop();
        BusException problem = Assert.Throws<BusException>(client.ReadStatus);
        Assert.True(problem.Problem == BusProblem.NoAnswer, $"{problem.ErrorName} {problem.Message}");
        bus.Continue();
    }

    [Fact]
    public void No_bus_cannot_be_asked() =>
        Assert.Equal(BusProblem.NoBus, Assert.Throws<BusException>(() => new BusClient(BusAddress.None)).Problem);
}
