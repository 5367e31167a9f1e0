using System;
using System.CommandLine;
using System.IO;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl pause, resume, dry-run: changes what the daemon does until it is said otherwise.</summary>
internal static class SteerCommands
{
    internal static Command Pause()
    {
        Argument<long?> duration = QuantityOption.CreateArgument(
            "DURATION", UnitKind.Duration, 1, 86_400_000_000, "at most 24h");
        duration.Description = "How long: 30s, 10min, 2h; at most 24h";
        Argument<string> reason = new("REASON")
        {
            Description = "Why, for the log and for whoever asks",
            DefaultValueFactory = static _ => "",
        };
        Command command = new(
            "pause",
            "Lets the daemon watch, but not act, for a while; it acts again by itself, and after a restart")
        {
            duration, reason,
        };
        new DaemonOptions().AddTo(command, (parsed, client, json, output) =>
        {
            long usec = parsed.GetValue(duration)!.Value;
            client.Pause(usec, parsed.GetValue(reason)!);
            Done(json, output, $"paused for {QuantityText.Duration(usec)}");
        });
        return command;
    }

    internal static Command Resume()
    {
        Command command = new("resume", "Ends a pause");
        new DaemonOptions().AddTo(command, static (_, client, json, output) =>
        {
            client.Resume();
            Done(json, output, "acting again");
        });
        return command;
    }

    internal static Command DryRun()
    {
        Argument<string> state = new("on|off") { Description = "Whether actions are only said" };
        state.AcceptOnlyFromAmong("on", "off");
        Argument<string> rule = new("RULE")
        {
            Description = "One rule; left out: all of them",
            DefaultValueFactory = static _ => "",
        };
        Command command = new(
            "dry-run", "Lets the daemon, or one rule, only say what it would do; until a restart")
        {
            state, rule,
        };
        new DaemonOptions().AddTo(command, (parsed, client, json, output) =>
        {
            bool on = parsed.GetValue(state) == "on";
            string name = parsed.GetValue(rule)!;
            client.SetDryRun(name, on);
            string what = name.Length == 0 ? "all rules" : $"rule {name}";
            Done(json, output, on ? $"dry run of {what}" : $"dry run of {what} ended");
        });
        return command;
    }

    internal static void Done(bool json, TextWriter output, string text) =>
        output.Write(json ? JsonOutput.Render(writer => writer.WriteString("done", text)) : text + "\n");
}
