using System;
using PressureD.Core.Policy;
using PressureD.Linux;
using PressureD.Yaml;

namespace PressureD;

/// <summary><c>--check</c>: says what is wrong with a policy, or what it means here.</summary>
internal static class CheckMode
{
    public static int Run(CommandLine line)
    {
        PolicyResult result = PolicyFiles.Read(line.Config);
        foreach (Diagnostic diagnostic in result.Diagnostics)
            Console.Error.WriteLine(diagnostic);
        if (result.Policy is null)
            return ExitCode.Policy;

        var machine = ThisMachine.Size();
        foreach (string sentence in PolicyText.Describe(result.Policy, machine))
            Console.WriteLine(sentence);
        using LinuxKernel kernel = LinuxKernel.Open();
        Console.WriteLine($"here: {KernelFeaturesReport.Found(kernel.Features)}");
        foreach (string missing in KernelFeaturesReport.Missing(kernel.Features))
            Console.WriteLine($"here: {missing}");
        return ExitCode.Success;
    }
}
