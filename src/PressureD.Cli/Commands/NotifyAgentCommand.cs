using System;
using System.CommandLine;
using System.Linq;
using PressureD.Cli.Notifications;
using PressureD.Core.Policy;
using PressureD.Systemd;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl notify-agent: tells a desktop user which programs were ended, and why.</summary>
internal static class NotifyAgentCommand
{
    private const string Summary = """
        Shows desktop notifications when programs were ended to free memory, with the reason

        For a user's session: systemctl --user enable --now pressured-notify. Runs until it is interrupted.
        """;

    internal static Command Create()
    {
        Option<OthersPolicy?> others = new("--others")
        {
            Description = "What is told of processes of others and of the system: nothing (hide), that there was one "
                + "(mention, if left out), or the same as of one's own (name)",
            HelpName = "hide|mention|name",
        };
        others.AcceptOnlyFromAmong("hide", "mention", "name");
        Option<PressureLevel?> level = new("--level")
        {
            Description = "Also say that memory is short, from this level on",
            HelpName = "low|medium|critical",
        };
        level.AcceptOnlyFromAmong("low", "medium", "critical");
        Option<BusAddress> session = BusOption.Create("--session", "Where notifications are shown", BusAddress.Session);
        Command command = new("notify-agent", Summary) { others, level, session };
        DaemonOptions options = new();
        options.AddWithoutJson(command);
        command.SetAction(parsed => DaemonOptions.Run(parsed, () =>
        {
            using Interruption interruption = new();
            new NotifyAgent(
                () => new BusSignals(options.Address(parsed), options.Patience(parsed)),
                () => new DesktopNotifications(parsed.GetValue(session)!),
                new NotifyOptions(
                    ProcessUser.Uid, parsed.GetValue(others) ?? OthersPolicy.Mention, parsed.GetValue(level)),
                TimeProvider.System,
                parsed.InvocationConfiguration.Error).Run(interruption.Token);
        }));
        return command;
    }
}
