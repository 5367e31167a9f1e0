using System;
using PressureD.Systemd.Bus;

namespace PressureD;

/// <summary>The daemon's arguments.</summary>
internal sealed record CommandLine
{
    public const string Help =
        """
        pressured: watches memory pressure and acts by policy

        usage: pressured [options]

          --config PATH   a policy file, or a directory with pressured.yaml and policies.d/
                          (default: /etc/pressured, /run/pressured, /usr/lib/pressured)
          --dry-run       decide and say everything, do nothing
          --check         read the policy, say what it means on this machine, and end
          --undo          put back what a daemon that is gone left changed, and end
          --bus WHERE     system (default), session, none, or a D-Bus address
          --version       print the version and end
          --help          print this and end

        SIGHUP reads the policy again; SIGTERM ends the daemon within a second

        exit codes: 0 done, 1 failure or another daemon works here, 2 bad usage, 3 bad policy,
                    4 machine cannot be guarded, 5 something could not be put back
        """;

    public Mode Mode { get; private init; } = Mode.Run;

    public string? Config { get; private init; }

    public bool DryRun { get; private init; }

    public BusAddress Bus { get; private init; } = BusAddress.System;

    /// <summary>Parses the arguments.</summary>
    /// <param name="args">Without the program's name.</param>
    /// <param name="line">The result; meaningless after an error.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static string? TryParse(ReadOnlySpan<string> args, out CommandLine line)
    {
        line = new CommandLine();
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            string? value = null;
            int equals = name.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                (name, value) = (name[..equals], name[(equals + 1)..]);
            bool takesValue = name is "--config" or "--bus";
            if (takesValue && value is null)
                value = ++i < args.Length ? args[i] : "";
            if (takesValue && value is "")
                return $"{name} needs a value";
            if (!takesValue && value is not null)
                return $"{name} takes no value";

            string? problem = null;
            line = name switch
            {
                "--config" => line with { Config = value },
                "--bus" => line with { Bus = ParseBus(value!, out problem) },
                "--dry-run" => line with { DryRun = true },
                "--check" => line with { Mode = Mode.Check },
                "--undo" => line with { Mode = Mode.Undo },
                "--version" => line with { Mode = Mode.Version },
                "--help" or "-h" => line with { Mode = Mode.Help },
                _ => Unknown(line, name, out problem),
            };
            if (problem is not null)
                return problem;
        }

        return null;
    }

    private static BusAddress ParseBus(string text, out string? problem)
    {
        if (BusAddress.TryParse(text, out BusAddress? bus, out string? reason))
        {
            problem = null;
            return bus;
        }

        problem = $"--bus {text}: {reason}";
        return BusAddress.None;
    }

    private static CommandLine Unknown(CommandLine line, string name, out string? problem)
    {
        problem = $"unknown argument {name}; --help lists what there is";
        return line;
    }
}
