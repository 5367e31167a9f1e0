using System.CommandLine;
using System.IO;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl explain RULE: what a rule is, does, and how it stands.</summary>
internal static class ExplainCommand
{
    internal static Command Create()
    {
        Argument<string> rule = new("RULE") { Description = "The rule's name; see pressurectl rules" };
        Command command = new("explain", "Says what a rule is, what it does, and how it stands") { rule };
        new DaemonOptions().AddTo(command, (parsed, client, json, output) =>
        {
            RuleExplanation explanation = client.Explain(parsed.GetValue(rule)!);
            if (json)
            {
                output.Write(Json(parsed.GetValue(rule)!, explanation));
            }
            else
            {
                Write(explanation, output);
            }
        });
        return command;
    }

    private static void Write(RuleExplanation explanation, TextWriter output)
    {
        output.WriteLine(explanation.Text);
        foreach (RuleMatch match in explanation.Nearest)
        {
            string where = match.Cgroup.Length == 0 ? "the machine" : $"/{match.Cgroup}";
            string cooldown = match.CooldownEndUsec == 0 ? "" : ", in its cooldown";
            output.WriteLine($"  now {where}: {match.Phase}, the condition is {match.Condition}{cooldown}");
        }

        if (explanation.Matches > explanation.Nearest.Count)
        {
            long others = explanation.Matches - explanation.Nearest.Count;
            output.WriteLine($"  and {others} more cgroups, further from acting");
        }
    }

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
