using System;
using System.Reflection;
using PressureD;

string? problem = CommandLine.TryParse(args, out CommandLine line);
if (problem is not null)
{
    Console.Error.WriteLine($"pressured: {problem}");
    return ExitCode.Usage;
}

switch (line.Mode)
{
    case Mode.Help:
        Console.WriteLine(CommandLine.Help);
        return ExitCode.Success;
    case Mode.Version:
        Console.WriteLine($"pressured {ProductVersion.Text}");
        return ExitCode.Success;
    case Mode.Check:
        return CheckMode.Run(line);
    case Mode.Undo:
        return UndoMode.Run();
    default:
        return Daemon.Run(line);
}
