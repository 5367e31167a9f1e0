using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using PressureD.Cli.Checking;
using PressureD.Core.Policy;
using PressureD.Systemd.Bus;
using PressureD.Yaml;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl explain RULE: what a rule is, does, and how it stands.</summary>
internal static class ExplainCommand
{
    internal static Command Create()
    {
        Argument<string> rule = new("RULE") { Description = "The rule's name; see pressurectl rules" };
        Argument<string[]> files = new("FILES")
        {
            Description = "Policy files in the order in which they apply, or one directory, in the place of what the "
                + "daemon runs",
            Arity = ArgumentArity.ZeroOrMore,
        };
        PathArgument.RefuseOptions(files);
        Command command = new(
            "explain",
            "Says what a rule is, what it does, and how it stands; where no daemon runs, or for FILES, what they say")
        {
            rule, files,
        };
        DaemonOptions daemon = new();
        daemon.AddTo(command);
        command.SetAction(parsed => DaemonOptions.Run(
            parsed, () => Run(parsed, daemon, parsed.GetValue(rule)!, parsed.GetValue(files) ?? [])));
        return command;
    }

    private static int Run(ParseResult parsed, DaemonOptions daemon, string rule, string[] files)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        TextWriter error = parsed.InvocationConfiguration.Error;
        if (files.Length > 0)
            return FromFiles(rule, files, daemon.IsJson(parsed), output, error);
        try
        {
            using BusClient client = daemon.Connect(parsed);
            RuleExplanation explanation = client.Explain(rule);
            if (daemon.IsJson(parsed))
                output.Write(Json(rule, explanation));
            else
                Write(explanation, output);
            return ExitCode.Success;
        }
        catch (BusException problem) when (!daemon.IsRemote(parsed) && IsNotThere(problem))
        {
            error.WriteLine($"pressurectl: {problem.Message}");
            error.WriteLine("pressurectl: this is what the policy files say, not how the rule stands:");
            return FromFiles(rule, [], daemon.IsJson(parsed), output, error);
        }
    }

    private static bool IsNotThere(BusException problem) =>
        problem.Problem is BusProblem.NoBus or BusProblem.NotRunning;

    private static int FromFiles(string name, string[] files, bool json, TextWriter output, TextWriter error)
    {
        PolicyResult result = PolicyArgument.Read(files);
        if (result.Policy is not { } policy)
        {
            foreach (Diagnostic diagnostic in result.Diagnostics)
                error.WriteLine(diagnostic);
            return ExitCode.Error;
        }

        if (Array.Find(policy.Rules, rule => rule.Name == name) is not { } found)
        {
            error.WriteLine(
                $"pressurectl: {AbsentRule.Say(policy, $"the policy of {string.Join(", ", policy.Files)}", name)}");
            return ExitCode.Error;
        }

        IReadOnlyList<string> lines = PolicyText.Describe(found, ThisMachine.Size());
        output.Write(json ? Json(name, string.Join('\n', lines)) : string.Join('\n', lines) + "\n");
        return ExitCode.Success;
    }

    private static void Write(RuleExplanation explanation, TextWriter output)
    {
        output.WriteLine(explanation.Text);
        foreach (RuleMatch match in explanation.Nearest)
        {
            string where = match.Cgroup.Length == 0 ? "the machine" : NameText.OfCgroup(match.Cgroup);
            string cooldown = match.CooldownEndUsec == 0 ? "" : ", in its cooldown";
            output.WriteLine($"  Now {where}: {match.Phase}, the condition is {match.Condition}{cooldown}.");
        }

        if (explanation.Matches > explanation.Nearest.Count)
        {
            long others = explanation.Matches - explanation.Nearest.Count;
            output.WriteLine($"  And {QuantityText.Count(others, "more cgroup")}, further from acting.");
        }
    }

    /// <summary>A rule of files: nobody knows how it stands.</summary>
    private static string Json(string rule, string text) => JsonOutput.Render(writer =>
    {
        writer.WriteString("rule", rule);
        writer.WriteString("text", text);
        writer.WriteNull("matches");
        writer.WriteNull("nearest");
    });

    private static string Json(string rule, RuleExplanation explanation) => JsonOutput.Render(writer =>
    {
        writer.WriteString("rule", rule);
        writer.WriteString("text", explanation.Text);
        writer.WriteNumber("matches", explanation.Matches);
        writer.WriteStartArray("nearest");
        foreach (RuleMatch match in explanation.Nearest)
        {
            writer.WriteStartObject();
            writer.WriteString("cgroup", match.Cgroup.Length == 0 ? null : match.Cgroup);
            writer.WriteString("phase", match.Phase);
            writer.WriteString("condition", match.Condition);
            writer.WriteTime("since_usec", match.SinceUsec);
            writer.WriteTime("cooldown_end_usec", match.CooldownEndUsec);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
