using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Units;

namespace PressureD.Systemd.Tests.Units;

public sealed class UnitClientTests
{
    [Fact]
    public void A_unit_is_active_when_systemd_says_so()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakeSystemd systemd = new(bus.Address);
        using UnitClient units = new(bus.Address);
        Assert.True(units.IsActive("earlyoom.service"));
        Assert.False(units.IsActive("nohang.service"));
        Assert.False(units.IsActive("oomd.service"));
        Assert.True(units.IsActive("earlyoom.service"));
    }

    [Fact]
    public void Where_nobody_can_be_asked_it_is_unknown()
    {
        using PrivateBus bus = new();
        using UnitClient absent = new(bus.Address);
        Assert.Null(absent.IsActive("earlyoom.service"));
        bus.Start();
        using UnitClient empty = new(bus.Address);
        Assert.Null(empty.IsActive("earlyoom.service"));
        Assert.Null(empty.IsActive("earlyoom.service"));
        using UnitClient none = new(BusAddress.None);
        Assert.Null(none.IsActive("earlyoom.service"));
        Assert.False(none.TrySetLimit("earlyoom.service", "MemorySwapMax", 0));
    }

    [Fact]
    public void A_refusal_of_one_unit_is_none_of_the_next()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakeSystemd systemd = new(bus.Address);
        using UnitClient units = new(bus.Address);
        Assert.False(units.TrySetLimit("forbidden.service", "MemorySwapMax", 0));
        Assert.True(units.TrySetLimit("missing.service", "MemorySwapMax", 0));
        Assert.True(units.TrySetLimit("nginx.service", "MemorySwapMax", 0));
        Assert.True(units.IsActive("earlyoom.service"));
    }

    [Fact]
    public void Active_rivals_are_named_and_unknown_ones_are_not()
    {
        string[] reasons = RivalDaemons.Find(new FixedStates
        {
            ["systemd-oomd.service"] = true,
            ["earlyoom.service"] = false,
            ["oomd.service"] = true,
        });
        Assert.Equal(2, reasons.Length);
        Assert.StartsWith("systemd-oomd.service is active", reasons[0], StringComparison.Ordinal);
        Assert.StartsWith("oomd.service is active", reasons[1], StringComparison.Ordinal);
    }

    private sealed class FixedStates : Dictionary<string, bool>, IServiceManager
    {
        public bool? IsActive(string unit) => TryGetValue(unit, out bool active) ? active : null;

        public bool TrySetLimit(string unit, string property, ulong value) => false;
    }
}
