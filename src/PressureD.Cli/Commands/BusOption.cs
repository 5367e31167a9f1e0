using System.CommandLine;
using System.CommandLine.Parsing;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>Options that name a bus.</summary>
internal static class BusOption
{
    internal static Option<BusAddress> Create(string name, string description, BusAddress usual)
    {
        Option<BusAddress> option = new(name)
        {
            Description = $"{description}: system, session, or a D-Bus address",
            HelpName = "system|session|ADDRESS",
            DefaultValueFactory = _ => usual,
            CustomParser = Parse,
        };
        option.CompletionSources.Add("system", "session");
        return option;
    }

    private static BusAddress? Parse(ArgumentResult result)
    {
        if (!BusAddress.TryParse(result.Tokens[0].Value, out BusAddress? address, out string? problem))
        {
            result.AddError($"{Name(result)}: {problem}");
        }
        else if (address == BusAddress.None)
        {
            result.AddError($"{Name(result)}: 'none' is nowhere: expected system, session, or an address");
        }

        return address;
    }

    private static string Name(ArgumentResult result) => ((OptionResult)result.Parent!).Option.Name;
}
