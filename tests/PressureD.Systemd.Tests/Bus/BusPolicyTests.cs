using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using PressureD.Systemd.Bus;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>The shipped D-Bus policy on a bus that, like the system's, forbids what is not allowed.</summary>
public sealed class BusPolicyTests
{
    private const string SystemDefaults = """
          <policy context="default">
            <allow user="*"/>
            <deny own="*"/>
            <deny send_type="method_call"/>
            <allow send_type="signal"/>
            <allow send_requested_reply="true" send_type="method_return"/>
            <allow send_requested_reply="true" send_type="error"/>
            <allow receive_type="method_call"/>
            <allow receive_type="method_return"/>
            <allow receive_type="error"/>
            <allow receive_type="signal"/>
            <allow send_destination="org.freedesktop.DBus"/>
          </policy>
        """;

    private static string Root => Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..");

    private static string PolicyFile => Path.Combine(Root, "packaging", "org.pressured1.conf");

    [Fact]
    public void Who_is_not_allowed_to_have_the_name_is_told_about_the_policy()
    {
        using PrivateBus bus = new PrivateBus(SystemDefaults).Start();
        using RunningService service = new(bus.Address);
        Assert.Contains("is the D-Bus policy installed?", service.TakeLog(), StringComparison.Ordinal);
        Assert.False(service.IsOnBus);
    }

    [Fact]
    public void With_the_policy_root_may_have_the_name_and_everybody_may_read_but_not_write()
    {
        using PrivateBus bus = new PrivateBus(
            $"{SystemDefaults}<include>{Path.GetFullPath(PolicyFile)}</include>").Start();
        using RunningService service = new(bus.Address);
        if (Environment.UserName != "root")
        {
            Assert.Contains("is the D-Bus policy installed?", service.TakeLog(), StringComparison.Ordinal);
            return;
        }

        service.WaitOnBus();
        using BusClient client = new(bus.Address);
        Assert.Equal("1.2.3", client.ReadStatus().Version);
        Assert.Equal(0, bus.Busctl("introspect", "org.pressured1", "/org/pressured1").ExitCode);
        (int exitCode, string output) = bus.Busctl(
            "set-property", "org.pressured1", "/org/pressured1", ManagerInterface.Name, "DryRun", "b", "false");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("denied", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Polkit_may_tell_the_units_user_about_others_for_every_action()
    {
        string actions = File.ReadAllText(Path.Combine(Root, "packaging", "org.pressured1.policy"));
        string unit = File.ReadAllText(Path.Combine(Root, "pressured.service"));
        string user = Regex.Match(unit, "^User=(.+)$", RegexOptions.Multiline).Groups[1].Value;
        string owner = $"<annotate key=\"org.freedesktop.policykit.owner\">unix-user:{user}</annotate>";
        Assert.Equal(3, Regex.Count(actions, "<action id="));
        Assert.Equal(3, Regex.Count(actions, Regex.Escape(owner)));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
