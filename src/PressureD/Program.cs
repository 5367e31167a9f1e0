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
        return Answer.Write($"{CommandLine.Help}\n");
    case Mode.Version:
        return Answer.Write($"pressured {ProductVersion.Text}\n");
    case Mode.Check:
        return CheckMode.Run(line);
    case Mode.Undo:
        return UndoMode.Run();
    default:
        return Daemon.Run(line);
}
