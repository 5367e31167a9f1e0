using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using PressureD.Cli.Metrics;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>
/// pressurectl metrics: the daemon's figures for Prometheus. A program of its own, so that who scrapes costs the daemon
/// no more than two questions over the bus.
/// </summary>
internal static class MetricsCommand
{
    private const string Summary = """
        Writes the daemon's figures for Prometheus

        As OpenMetrics text, or with --textfile as a file for node_exporter's textfile collector. When the daemon cannot
        be asked, pressured_up is 0 and the only metric; that is no failure, so that its absence can be alerted on.
        """;

    internal static Command Create()
    {
        Option<string?> textfile = new("--textfile")
        {
            Description = "Replace this file, at once and whole; its name has to end in .prom",
            HelpName = "FILE",
        };
        textfile.Validators.Add(static result =>
        {
            if (result.Tokens.Count > 0 && !result.Tokens[0].Value.EndsWith(".prom", StringComparison.Ordinal))
                result.AddError($"--textfile: '{result.Tokens[0].Value}' does not end in .prom, and would not be read");
        });
        Command command = new("metrics", Summary) { textfile };
        DaemonOptions options = new();
        options.AddWithoutJson(command);
        command.SetAction(parsed => DaemonOptions.Run(parsed, () =>
        {
            List<MetricFamily> families = Ask(parsed, options);
            if (parsed.GetValue(textfile) is { } path)
                Replace(path, MetricText.Prometheus(families));
            else
                parsed.InvocationConfiguration.Output.Write(MetricText.OpenMetrics(families));
        }));
        return command;
    }

    private static List<MetricFamily> Ask(ParseResult parsed, DaemonOptions options)
    {
        try
        {
            using BusClient client = options.Connect(parsed);
            TimeProvider? clock = options.IsRemote(parsed) ? null : TimeProvider.System;
            return DaemonMetrics.Of(client.ReadStatus(), client.ListRules(), clock);
        }
        catch (BusException problem)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"pressurectl: {problem.Message}");
            return DaemonMetrics.Down();
        }
    }

    /// <summary>The collector may read at any moment, and must not see half a file.</summary>
    private static void Replace(string path, string text)
    {
        string draft = $"{path}.{Environment.ProcessId}";
        try
        {
            File.WriteAllText(draft, text);
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }
}
