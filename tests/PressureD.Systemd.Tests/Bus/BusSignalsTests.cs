using System;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Threading;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>
/// Whose signals count: a signal with a destination reaches it whatever it asked the bus for, so anybody can send one.
/// </summary>
public sealed partial class BusSignalsTests : IDisposable
{
    private const string Killed = ManagerInterface.KilledSignal;
    private const string OwnerChanged = "NameOwnerChanged";

    private readonly PrivateBus _bus = new PrivateBus().Start();
    private readonly BusConnection _daemon;
    private readonly BusConnection _other;
    private readonly BusSignals _signals;

    public BusSignalsTests()
    {
        _daemon = BusCall.Connect(_bus.Address, 30_000_000);
        _other = BusCall.Connect(_bus.Address, 30_000_000);
        Assert.True(RequestName(_daemon.Handle, ManagerInterface.BusName, 0) > 0);
        _signals = new BusSignals(_bus.Address);
    }

    public void Dispose()
    {
        _signals.Dispose();
        _other.Dispose();
        _daemon.Dispose();
        _bus.Dispose();
    }

    [Fact]
    public void A_signal_that_somebody_else_sends_is_none_of_the_daemons()
    {
        Send(_other, ManagerInterface.ObjectPath, ManagerInterface.Name, Killed, "forged");
        AssertNextIsReal();
    }

    [Fact]
    public void A_signal_of_another_interface_is_none_of_the_daemons()
    {
        Send(_daemon, ManagerInterface.ObjectPath, "org.evil.X", Killed, "forged");
        AssertNextIsReal();
    }

    [Fact]
    public void A_signal_of_another_object_is_none_of_the_daemons()
    {
        Send(_daemon, "/evil", ManagerInterface.Name, Killed, "forged");
        AssertNextIsReal();
    }

    [Fact]
    public void Only_the_bus_says_that_the_daemon_goes()
    {
        foreach (BusConnection connection in (BusConnection[])[_other, _daemon])
        {
            Send(
                connection, "/org/freedesktop/DBus", "org.freedesktop.DBus", OwnerChanged, ManagerInterface.BusName,
                ":1.0", "");
        }

        AssertNextIsReal();
    }

    [Fact]
    public void Whoever_has_the_name_now_is_the_daemon_and_who_had_it_is_not()
    {
        Assert.True(ReleaseName(_daemon.Handle, ManagerInterface.BusName) >= 0);
        Assert.Equal(BusSignal.Vanished, Next().Name);
        Send(_daemon, ManagerInterface.ObjectPath, ManagerInterface.Name, Killed, "forged");
        Assert.True(RequestName(_other.Handle, ManagerInterface.BusName, 0) > 0);
        Assert.Equal(BusSignal.Appeared, Next().Name);
        Send(_daemon, ManagerInterface.ObjectPath, ManagerInterface.Name, Killed, "forged");
        Send(_other, ManagerInterface.ObjectPath, ManagerInterface.Name, Killed, "real");
        Assert.Equal("real", Next().Rule);
    }

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_request_name", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RequestName(BusHandle bus, string name, ulong flags);

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_release_name", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ReleaseName(BusHandle bus, string name);

    [LibraryImport("libsystemd.so.0", EntryPoint = "sd_bus_send_to", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SendTo(BusHandle bus, nint message, string destination, nint cookie);

    [GeneratedRegex("^:[0-9.]+", RegexOptions.Multiline)]
    private static partial Regex UniqueName { get; }

    private void AssertNextIsReal()
    {
        Send(_daemon, ManagerInterface.ObjectPath, ManagerInterface.Name, Killed, "real");
        BusSignal signal = Next();
        Assert.Equal((Killed, "real"), (signal.Name, signal.Rule));
    }

    private BusSignal Next() => _signals.Next(CancellationToken.None, Timeout.InfiniteTimeSpan)!;

    /// <summary>Sends a signal to everybody on the bus, and waits until the bus has taken it.</summary>
    private void Send(
        BusConnection connection, string path, string interfaceName, string member, params string[] arguments)
    {
        (int exitCode, string names) = _bus.Busctl("list", "--unique", "--no-legend");
        Assert.Equal(0, exitCode);
        Assert.Matches(UniqueName, names);
        foreach (Match name in UniqueName.Matches(names))
        {
            BusMessage signal = BusMessage.Signal(connection, path, interfaceName, member);
            foreach (string argument in arguments)
                signal.Add(argument);
            Assert.True(signal.Result >= 0 && SendTo(connection.Handle, signal.Handle, name.Value, 0) >= 0);
            signal.Dispose();
        }

        BusMessage question = BusMessage.Call(
            connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId");
        BusCall.Invoke(connection, ref question, 30_000_000).Dispose();
        question.Dispose();
    }
}
