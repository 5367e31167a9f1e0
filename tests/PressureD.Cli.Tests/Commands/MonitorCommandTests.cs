using PressureD.Cli.Commands;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Tests.Commands;

/// <summary>What signals read like.</summary>
public sealed class MonitorCommandTests
{
    [Fact]
    public void A_cgroup_whose_name_steers_terminals_stays_on_its_line()
    {
        string line = MonitorCommand.Describe(new BusSignal("RuleFired")
        {
            Rule = "low", Cgroup = "user.slice/\u001b[2J\n07:00:00 pressure is normal", Text = "mem.available 5 MiB",
        });
        Assert.DoesNotContain(line, static character => char.IsControl(character));
        Assert.StartsWith("low [/user.slice/\\x1b[2J", line, System.StringComparison.Ordinal);
        Assert.EndsWith("] fired: mem.available 5 MiB", line, System.StringComparison.Ordinal);
    }
}
