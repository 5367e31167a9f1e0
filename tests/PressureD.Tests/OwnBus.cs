using System;
using System.IO;
using PressureD.Systemd.Tests;

namespace PressureD.Tests;

/// <summary>A bus daemon of the test's own.</summary>
internal sealed class OwnBus : IDisposable
{
    private readonly RunningProgram _daemon;

    public OwnBus(Sandbox sandbox)
    {
        Address = $"unix:path={sandbox.PathOf("bus")}";
        string config = sandbox.PathOf("bus.conf");
        File.WriteAllText(config, $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>session</type>
              <listen>{Address}</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
              </policy>
            </busconfig>
            """);
        _daemon = RunningProgram.Other("dbus-daemon", "--nofork", "--print-address", "--config-file", config);
        Eventually.True(() => _daemon.Output.Length > 0 || _daemon.HasExited, "the bus daemon listens");
        Assert.False(_daemon.HasExited, _daemon.Errors);
    }

    public string Address { get; }

    /// <summary>Asks something of the daemon; empty when it could not be asked.</summary>
    public string Ask(params string[] arguments)
    {
        using RunningProgram busctl = RunningProgram.Other("busctl", [$"--address={Address}", "--no-pager", .. arguments]);
        busctl.Ended();
        return busctl.ExitCode == 0 ? busctl.Output : "";
    }

    public string Property(string name) =>
        Ask("get-property", "org.pressured1", "/org/pressured1", "org.pressured1.Manager", name);

    /// <summary>From now on it takes connections and answers nothing.</summary>
    public void Hang() => _daemon.Send(RunningProgram.Stop);

    public void GoOn() => _daemon.Send(RunningProgram.Continue);

    public void Dispose() => _daemon.Dispose();
}
