using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl rules: every rule and how it stands.</summary>
internal static class RulesCommand
{
    internal static Command Create()
    {
        Command command = new("rules", "Lists the rules and how each stands");
        new DaemonOptions().AddTo(command, static (_, client, json, output) =>
        {
            IReadOnlyList<RuleStatus> rules = client.ListRules();
            if (json)
            {
                output.Write(Json(rules));
            }
            else
            {
                Write(rules, output);
            }
        });
        return command;
    }

    private static void Write(IReadOnlyList<RuleStatus> rules, TextWriter output)
    {
        int width = 4;
        foreach (RuleStatus rule in rules)
        {
            width = rule.Name.Length > width ? rule.Name.Length : width;
        }

        output.WriteLine($"{"RULE".PadRight(width)}  {"STANDS",-8}  {"ACTIVE",-9}  NOTE");
        foreach (RuleStatus rule in rules)
        {
            string active = $"{rule.ActiveMatches} of {rule.Matches}";
            output.WriteLine($"{rule.Name.PadRight(width)}  {rule.Phase,-8}  {active,-9}  {Note(rule)}".TrimEnd());
        }
    }

    private static string Note(RuleStatus rule)
    {
        List<string> notes = [];
        if (rule.DryRun)
        {
            notes.Add("dry run");
        }

        if (rule.Degraded)
        {
            notes.Add("cannot be decided here");
        }

        if (rule.CooldownEndUsec != 0)
        {
            notes.Add("in its cooldown");
        }

        return string.Join(", ", notes);
    }

    private static string Json(IReadOnlyList<RuleStatus> rules) => JsonOutput.Render(writer =>
    {
        writer.WriteStartArray("rules");
        foreach (RuleStatus rule in rules)
        {
            writer.WriteStartObject();
            writer.WriteString("name", rule.Name);
            writer.WriteString("source", rule.Source);
            writer.WriteString("phase", rule.Phase);
            writer.WriteBoolean("dry_run", rule.DryRun);
            writer.WriteBoolean("degraded", rule.Degraded);
            writer.WriteNumber("matches", rule.Matches);
            writer.WriteNumber("active_matches", rule.ActiveMatches);
            writer.WriteTime("last_act_usec", rule.LastActUsec);
            writer.WriteTime("cooldown_end_usec", rule.CooldownEndUsec);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
