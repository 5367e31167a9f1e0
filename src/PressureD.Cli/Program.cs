using System;
using System.CommandLine;
using PressureD.Cli;

StandardOutput.Use();
ParseResult parsed = PressurectlCommand.Create().Parse(args);
return PressurectlCommand.Run(parsed, new InvocationConfiguration { Output = Console.Out, Error = Console.Error });
