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
            WhyNotReply reply = client.WhyNot(name);
            if (json)
            {
                output.Write(Json(name, reply));
            }
            else
            {
                Write(name, reply, output);
            }
        });
        return command;
    }

    private static void Write(string rule, WhyNotReply reply, TextWriter output)
    {
        output.WriteLine(reply.Reasons.Count > 0 ? $"{rule} does not act now:" : $"nothing holds {rule} back: it acts");
        foreach (WhyNotReason reason in reply.Reasons)
        {
            string where = reason.Cgroup.Length == 0 || reason.Kind == "term" ? ""
                : $"{NameText.OfCgroup(reason.Cgroup)}: ";
            output.WriteLine(reason.Kind == "term" ? $"      {reason.Text}" : $"  - {where}{reason.Text}");
        }

        if (reply.Victim is { } victim)
        {
            output.WriteLine($"if it had to act now, it would end {VictimText.Of(victim)}");
        }
    }

    private static string Json(string rule, WhyNotReply reply) => JsonOutput.Render(writer =>
    {
        writer.WriteString("rule", rule);
        writer.WriteVictim(reply.Victim);
        writer.WriteStartArray("reasons");
        foreach (WhyNotReason reason in reply.Reasons)
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
