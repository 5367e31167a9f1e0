using System;
using System.Text;
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
        var text = new StringBuilder();
        foreach (string sentence in PolicyText.Describe(result.Policy, machine))
            text.AppendLine(sentence);
        using LinuxKernel kernel = LinuxKernel.Open();
        text.AppendLine($"here: {KernelFeaturesReport.Found(kernel.Features)}");
        foreach (string missing in KernelFeaturesReport.Missing(kernel.Features))
            text.AppendLine($"here: {missing}");
        return Answer.Write(text.ToString());
    }
}
