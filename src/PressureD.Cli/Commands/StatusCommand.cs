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
            output.Write(json ? StatusJson.Render(status) : StatusText.Render(status));
        });
        return command;
    }
}
