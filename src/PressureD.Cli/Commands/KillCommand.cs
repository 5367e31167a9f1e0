using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.IO;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl kill: ends whom a rule would end, or who is named.</summary>
internal static class KillCommand
{
    private const string CgroupMount = "/sys/fs/cgroup/";

    /// <summary>The kernel gives no number beyond that.</summary>
    private const int MostPid = 1 << 22;

    internal static Command Create()
    {
        Argument<string?> rule = new("RULE")
        {
            Description = "Whom this rule would end now, whether its condition holds or not; see pressurectl rules",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> cgroup = new("--cgroup")
        {
            Description = "All in this cgroup and below it",
            HelpName = "CGROUP",
        };
        Option<int> pid = new("--pid") { Description = "This process", HelpName = "N" };
        WholeNumber.Bound(pid, 1, MostPid);
        Option<bool> dryRun = new("--dry-run") { Description = "Only say who it would be" };
        Command command = new(
            "kill",
            "Ends one victim now: as the rule says, or with TERM and 5 s later KILL. Who is never a victim is none "
                + "here either; the death is an incident as any other")
        {
            rule, cgroup, pid, dryRun,
        };
        command.Validators.Add(result => Check(result, rule, cgroup, pid));
        new DaemonOptions().AddTo(command, (parsed, client, json, output) =>
        {
            KillResult answer = client.Kill(
                parsed.GetValue(rule) ?? "",
                WithoutMount(parsed.GetValue(cgroup) ?? ""),
                (uint)parsed.GetValue(pid),
                parsed.GetValue(dryRun));
            output.Write(json ? Json(answer) : Text(answer));
        });
        return command;
    }

    private static void Check(
        CommandResult result, Argument<string?> rule, Option<string?> cgroup, Option<int> pid)
    {
        int given = 0;
        given += result.GetResult(rule) is { Tokens.Count: > 0 } ? 1 : 0;
        given += result.GetResult(cgroup) is { Implicit: false } ? 1 : 0;
        given += result.GetResult(pid) is { Implicit: false } ? 1 : 0;
        if (given != 1)
        {
            result.AddError("kill takes one of RULE, --cgroup PATH and --pid N");
        }
        else if (result.GetResult(rule) is { Tokens: [{ Value: "" }] }
            || result.GetResult(cgroup) is { Tokens: [{ Value: "" }] })
        {
            result.AddError("kill: an empty name names nobody");
        }
    }

    /// <summary>The path within the tree, also for whoever gives that of the directory.</summary>
    private static string WithoutMount(string path) =>
        path.StartsWith(CgroupMount, StringComparison.Ordinal) ? path[(CgroupMount.Length - 1)..] : path;

    private static string Text(KillResult answer) => answer.Incident == 0
        ? answer.Text + "\n"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{answer.Text}\nincident {answer.Incident}; once it is over: pressurectl why {answer.Incident}\n");

    private static string Json(KillResult answer) => JsonOutput.Render(writer =>
    {
        writer.WriteBoolean("signalled", answer.IsSignalled);
        writer.Write("pid", answer.Pid == 0 ? (ulong?)null : answer.Pid);
        writer.WriteString("comm", answer.Pid == 0 ? null : answer.Comm);
        writer.WriteString("cgroup", answer.Cgroup);
        writer.Write("expected_bytes", answer.ExpectedBytes);
        writer.Write("incident", answer.Incident == 0 ? (ulong?)null : answer.Incident);
        writer.WriteString("text", answer.Text);
    });
}
