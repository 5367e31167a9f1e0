using System;
using System.CommandLine;
using System.IO;
using PressureD.Cli.Prekill;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl prekill-sockets: the program of a rule's prekill that tells others over varlink.</summary>
internal static class PrekillSocketsCommand
{
    private const string Summary = """
        Tells programs that a cgroup is about to be killed, for a rule's prekill

        In a policy: prekill: { run: [/usr/bin/pressurectl, prekill-sockets] }. Each socket of the directory gets
        io.systemd.oom.Prekill.Notify over varlink, as systemd-oomd sends it; all answers are waited for, at most until
        the prekill's time is up. The cgroup is that of the victim, from the environment.
        """;

    /// <summary>By this the daemon tells a program the victim's cgroup.</summary>
    private const string CgroupVariable = "PRESSURED_VICTIM_CGROUP";

    internal static Command Create()
    {
        Option<string> directory = new("--directory")
        {
            Description = "Where the sockets are",
            HelpName = "DIR",
            DefaultValueFactory = static _ => PrekillSockets.UsualDirectory,
        };
        Option<string> cgroup = new("--cgroup")
        {
            Description = $"Which cgroup; if left out, what {CgroupVariable} says",
            HelpName = "/PATH",
        };
        Command command = new("prekill-sockets", Summary) { directory, cgroup };
        command.SetAction(parsed => DaemonOptions.Run(parsed, () =>
        {
            string path = parsed.GetValue(cgroup) ?? Environment.GetEnvironmentVariable(CgroupVariable)
                ?? throw new FormatException($"whose kill is it? Neither --cgroup nor {CgroupVariable} is given");
            TextWriter error = TextWriter.Synchronized(parsed.InvocationConfiguration.Error);
            using Interruption interruption = new();
            PrekillSockets sockets = new(
                parsed.GetValue(directory)!, said => error.WriteLine($"pressurectl: {said}"));
            return sockets.Tell(path, interruption.Token) ? ExitCode.Success : ExitCode.Error;
        }));
        return command;
    }
}
