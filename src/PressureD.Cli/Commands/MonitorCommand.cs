using System;
using System.CommandLine;
using System.Globalization;
using System.Threading;
using PressureD.Core.Policy;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl monitor: what the daemon signals, as it comes.</summary>
internal static class MonitorCommand
{
    internal static Command Create()
    {
        DaemonOptions options = new();
        Command command = new("monitor", "Writes what the daemon signals, one line each, until it is interrupted");
        options.AddTo(command);
        command.SetAction(parsed => DaemonOptions.Run(parsed, () =>
        {
            using Interruption interruption = new();
            using BusSignals signals = new(options.Address(parsed), options.Patience(parsed));
            StreamOutput output = new(parsed.InvocationConfiguration.Output);
            SayAbsence(options, parsed);
            while (signals.Next(interruption.Token, Timeout.InfiniteTimeSpan) is { } signal)
            {
                string line = options.IsJson(parsed) ? Json(signal) : $"{DateTime.Now:HH:mm:ss} {Describe(signal)}\n";
                if (!output.TryWrite(line))
                    break;
            }
        }));
        return command;
    }

    /// <summary>
    /// A daemon that is not there yet is waited for, as one that is restarted, but not in silence. Through ssh it is
    /// not looked for: that may mean to type a password once more.
    /// </summary>
    private static void SayAbsence(DaemonOptions options, ParseResult parsed)
    {
        if (options.IsRemote(parsed))
            return;
        try
        {
            using BusClient client = options.Connect(parsed);
            client.ReadStatus();
        }
        catch (BusException problem)
        {
            parsed.InvocationConfiguration.Error.WriteLine(
                $"pressurectl: {problem.Message}; its signals are waited for");
        }
    }

    /// <summary>A signal in a sentence, on one line whatever names there are in it.</summary>
    private static string Describe(BusSignal signal) => signal.Name switch
    {
        BusSignal.Vanished => "pressured has left the bus: it ended; its signals are waited for",
        BusSignal.Appeared => "pressured is on the bus",
        "LevelChanged" => $"pressure is {PressureLevelName.Of((PressureLevel)(signal.Level ?? 0))}",
        "PolicyReloaded" => string.Create(
            CultureInfo.InvariantCulture, $"a new policy: {QuantityText.Count((long)(signal.Rules ?? 0), "rule")}"),
        "IncidentRecorded" => string.Create(
            CultureInfo.InvariantCulture,
            $"incident {signal.Incident}, {signal.Outcome}: {signal.Text}"),
        "RuleFired" when signal.Cgroup is { Length: > 0 } cgroup =>
            $"{signal.Rule} [{NameText.OfCgroup(cgroup)}] fired: {signal.Text}",
        "RuleFired" => $"{signal.Rule} fired: {signal.Text}",
        _ => signal.Text ?? signal.Name,
    };

    private static string Json(BusSignal signal) => JsonOutput.RenderLine(writer =>
    {
        writer.WriteString("signal", signal.Name);
        writer.WriteString("time", DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        writer.WriteString("rule", signal.Rule);
        writer.Write("pid", signal.Pid);
        writer.WriteString("comm", signal.Comm);
        writer.WriteString("cgroup", signal.Cgroup);
        writer.Write("freed_bytes", signal.FreedBytes);
        writer.Write("level", signal.Level);
        writer.Write("rules", signal.Rules);
        writer.Write("incident", signal.Incident);
        writer.WriteString("outcome", signal.Outcome);
        writer.WriteString("text", signal.Text);
    });
}
