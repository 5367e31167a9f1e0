using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl why-not RULE: what is false, by how much, and what holds it back.</summary>
internal static class WhyNotCommand
{
    internal static Command Create()
    {
        Argument<string> rule = new("RULE") { Description = "The rule's name; see pressurectl rules" };
        Command command = new("why-not", "Says why a rule does not act now") { rule };
        new DaemonOptions().AddTo(command, (parsed, client, json, output) =>
        {
            string name = parsed.GetValue(rule)!;
            IReadOnlyList<WhyNotReason> reasons = client.WhyNot(name);
            if (json)
            {
                output.Write(Json(name, reasons));
            }
            else
            {
                Write(name, reasons, output);
            }
        });
        return command;
    }

    private static void Write(string rule, IReadOnlyList<WhyNotReason> reasons, TextWriter output)
    {
        bool held = false;
        foreach (WhyNotReason reason in reasons)
        {
            held |= reason.Kind != "victim";
        }

        output.WriteLine(held ? $"{rule} does not act now:" : $"nothing holds {rule} back: it acts");
        foreach (WhyNotReason reason in reasons)
        {
            string where = reason.Cgroup.Length == 0 || reason.Kind == "term" ? "" : $"/{reason.Cgroup}: ";
            output.WriteLine(reason.Kind == "term" ? $"      {reason.Text}" : $"  - {where}{reason.Text}");
        }
    }

    private static string Json(string rule, IReadOnlyList<WhyNotReason> reasons) => JsonOutput.Render(writer =>
    {
        writer.WriteString("rule", rule);
        writer.WriteStartArray("reasons");
        foreach (WhyNotReason reason in reasons)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", reason.Kind);
            writer.WriteString("cgroup", reason.Cgroup.Length == 0 ? null : reason.Cgroup);
            writer.WriteString("text", reason.Text);
            writer.WriteTime("until_usec", reason.UntilUsec);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
