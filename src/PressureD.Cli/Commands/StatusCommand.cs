using System.CommandLine;
using System.IO;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl status: how the machine and the daemon are.</summary>
internal static class StatusCommand
{
    private const string JsonSummary = """
        Write one JSON object. "format" is 1 and grows when a name goes or changes its meaning; new names may come
        at any time. Units are in the names, null is what is not known. "level": 0 normal, 50 low, 100 medium,
        255 critical, to be compared as ranges. "time_to_exhaustion_usec" is null also when memory is not shrinking.
        """;

    internal static Command Create()
    {
        Option<bool> json = new("--json") { Description = JsonSummary };
        Option<BusAddress> bus = BusOption.Create();
        Command command = new("status", "Shows how the machine and the daemon are") { json, bus };
        command.SetAction(parsed => Run(
            parsed.GetValue(bus)!,
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(BusAddress bus, bool json, TextWriter output, TextWriter error)
    {
        DaemonStatus status;
        try
        {
            using BusClient client = new(bus);
            status = client.ReadStatus();
        }
        catch (BusException problem)
        {
            error.WriteLine($"pressurectl: {problem.Message}");
            return problem.Problem is BusProblem.NoBus or BusProblem.NotRunning or BusProblem.NoAnswer
                ? ExitCode.NotReachable
                : ExitCode.Error;
        }

        output.Write(json ? StatusJson.Render(status) : StatusText.Render(status));
        return ExitCode.Success;
    }
}
