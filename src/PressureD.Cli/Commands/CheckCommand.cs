using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using PressureD.Cli.Checking;
using PressureD.Core.Policy;
using PressureD.Linux;
using PressureD.Yaml;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl check: what is wrong with a policy, and what it will do on this machine, in words.</summary>
internal static class CheckCommand
{
    private const string JsonSummary = """
        Write one JSON object. "format" is 1 and grows when a name goes or changes its meaning; new names may come
        at any time. "usable": whether the daemon would run it. "diagnostics": each with severity (error, warning),
        file, line, column (0 when the whole file is meant) and message. "rules": name, source, and text, the sentences.
        """;

    internal static Command Create()
    {
        Argument<string[]> files = new("FILES")
        {
            Description = "Policy files in the order in which they apply, or one directory with pressured.yaml and "
                + "policies.d/; left out: the policy of this machine",
            Arity = ArgumentArity.ZeroOrMore,
        };
        PathArgument.RefuseOptions(files);
        Option<bool> machine = new("--against-this-machine")
        {
            Description = "Also run it here for some seconds, changing nothing, and say what can never happen here: "
                + "figures this machine does not have, swap that is not there, cgroups that do not exist",
        };
        Option<bool> json = new("--json") { Description = JsonSummary };
        Command command = new(
            "check",
            "Says what is wrong with a policy, and what it means on this machine. "
            + "Exit status: 0 it can be used, perhaps with warnings; 1 it has errors")
        {
            files, machine, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(files) ?? [],
            parsed.GetValue(machine),
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string[] files, bool machine, bool json, TextWriter output, TextWriter error)
    {
        PolicyResult result = PolicyArgument.Read(files);
        List<Diagnostic> diagnostics = [.. result.Diagnostics];
        try
        {
            if (machine && result.Policy is not null)
                diagnostics.AddRange(Try(result.Policy));
            MachineSize size = ThisMachine.Size();
            if (json)
                output.Write(CheckJson.Render(result.Policy, diagnostics, size));
            else
                Write(result.Policy, diagnostics, size, output, error);
        }
        catch (OutputException problem) when (problem.IsUnread)
        {
            // The exit status tells it all the same.
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            error.WriteLine($"pressurectl: {e.Message}");
            return ExitCode.Error;
        }

        return result.Policy is null ? ExitCode.Error : ExitCode.Success;
    }

    private static IReadOnlyList<Diagnostic> Try(PolicySet policy)
    {
        using LinuxKernel kernel = RealMachine.Open();
        List<Diagnostic> findings = [];
        foreach (string missing in KernelFeaturesReport.Missing(kernel.Features))
            findings.Add(new Diagnostic(DiagnosticSeverity.Warning, "this machine", 0, 0, missing));
        findings.AddRange(MachineTrial.Run(kernel, policy, ThisMachine.Reach()));
        return findings;
    }

    private static void Write(
        PolicySet? policy, List<Diagnostic> diagnostics, MachineSize size, TextWriter output, TextWriter error)
    {
        foreach (Diagnostic diagnostic in diagnostics)
            error.WriteLine(diagnostic);
        error.Flush();
        if (policy is null)
            return;
        foreach (string line in PolicyText.Describe(policy, size))
            output.WriteLine(line);
    }
}
