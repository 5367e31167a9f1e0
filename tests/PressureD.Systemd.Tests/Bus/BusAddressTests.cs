using System;
using PressureD.Systemd.Bus;

namespace PressureD.Systemd.Tests.Bus;

public sealed class BusAddressTests
{
    [Theory]
    [InlineData("system")]
    [InlineData("session")]
    [InlineData("none")]
    [InlineData("unix:path=/run/dbus/system_bus_socket")]
    [InlineData("unix:abstract=/x,guid=1;tcp:host=127.0.0.1,port=5")]
    public void What_is_a_bus_is_read_and_written_back(string text)
    {
        Assert.True(BusAddress.TryParse(text, out BusAddress? address, out string? problem));
        Assert.Equal(text, address.ToString());
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("System")]
    [InlineData("/run/dbus/system_bus_socket")]
    [InlineData(":path=x")]
    [InlineData("unix:")]
    public void What_is_none_gets_an_error_that_says_what_is(string text)
    {
        Assert.False(BusAddress.TryParse(text, out _, out string? problem));
        Assert.Contains($"'{text}'", problem, StringComparison.Ordinal);
        Assert.Contains("system, session, none", problem, StringComparison.Ordinal);
    }
}
