using System.Collections.Generic;
using System.CommandLine;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl status: how the machine and the daemon are.</summary>
internal static class StatusCommand
{
    internal static Command Create()
    {
        Command command = new("status", "Shows how the machine and the daemon are");
        new DaemonOptions().AddTo(command, static (_, client, json, output) =>
        {
            DaemonStatus status = client.ReadStatus();
            IReadOnlyList<StandingLimit>? limits = ReadLimits(client);
            output.Write(json ? StatusJson.Render(status, limits) : StatusText.Render(status, limits));
        });
        return command;
    }

    /// <summary>What stands; null when the loop has no time to say it, or the daemon is an older one.</summary>
    private static IReadOnlyList<StandingLimit>? ReadLimits(BusClient client)
    {
        try
        {
            return client.ListLimits();
        }
        catch (BusException)
        {
            // All else is known, and a daemon that has no time is one whose state is asked for.
            return null;
        }
    }
}
