using System;
using System.IO;
using PressureD.Systemd.Bus;

namespace PressureD.Systemd.Tests;

/// <summary>A real bus daemon of the test's own, with its socket in a directory of the test's own.</summary>
internal sealed class PrivateBus : IDisposable
{
    private const string OpenPolicy = """
          <policy context="default">
            <allow send_destination="*" eavesdrop="true"/>
            <allow eavesdrop="true"/>
            <allow own="*"/>
            <allow user="*"/>
          </policy>
        """;

    private const UnixFileMode OpenMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string _directory = Directory.CreateTempSubdirectory("pressured-bus-").FullName;
    private ChildProcess? _daemon;

    internal PrivateBus(string policy = OpenPolicy)
    {
        // Other users may come in too, as on the system's.
        File.SetUnixFileMode(_directory, OpenMode);
        File.WriteAllText(Path.Combine(_directory, "bus.conf"), $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>session</type>
              <listen>unix:path={SocketPath}</listen>
              <auth>EXTERNAL</auth>
            {policy}
            </busconfig>
            """);
        Assert.True(BusAddress.TryParse($"unix:path={SocketPath}", out BusAddress? address, out _));
        Address = address;
    }

    internal BusAddress Address { get; }

    private string SocketPath => Path.Combine(_directory, "socket");

    public void Dispose()
    {
        _daemon?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    internal PrivateBus Start()
    {
        File.Delete(SocketPath);
        _daemon = new ChildProcess(
            "dbus-daemon", "--nofork", "--print-address", "--config-file", Path.Combine(_directory, "bus.conf"));
        Eventually.True(
            () => _daemon.Output.Contains("unix:path=", StringComparison.Ordinal) || _daemon.HasExited,
            "the bus daemon listens");
        Assert.False(_daemon.HasExited, _daemon.Output);
        return this;
    }

    internal void Kill()
    {
        _daemon!.Dispose();
        _daemon = null;
    }

    internal void Stop() => _daemon!.Stop();

    internal void Continue() => _daemon!.Continue();

    internal (int ExitCode, string Output) Busctl(params string[] arguments) =>
        ChildProcess.Run("busctl", [$"--address={Address}", "--no-pager", .. arguments]);

    /// <summary>Everything that passes over the bus from now on.</summary>
    internal ChildProcess Monitor()
    {
        ChildProcess monitor = new("busctl", $"--address={Address}", "--json=short", "monitor");
        Eventually.True(
            () => monitor.Output.Contains("Monitoring", StringComparison.Ordinal) || monitor.HasExited,
            "the bus is monitored");
        Assert.False(monitor.HasExited, monitor.Output);
        return monitor;
    }
}
