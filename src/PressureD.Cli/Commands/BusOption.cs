using System.CommandLine;
using System.CommandLine.Parsing;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>--bus, for every command that speaks to the daemon.</summary>
internal static class BusOption
{
    internal static Option<BusAddress> Create() => new("--bus")
    {
        Description = "Where the daemon is: system, session, or a D-Bus address",
        HelpName = "system|session|ADDRESS",
        DefaultValueFactory = _ => BusAddress.System,
        CustomParser = Parse,
    };

    private static BusAddress? Parse(ArgumentResult result)
    {
        if (!BusAddress.TryParse(result.Tokens[0].Value, out BusAddress? address, out string? problem))
        {
            result.AddError($"--bus: {problem}");
        }
        else if (address == BusAddress.None)
        {
            result.AddError("--bus: 'none' has no daemon to ask: expected system, session, or an address");
        }

        return address;
    }
}
