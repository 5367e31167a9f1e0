using System;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PressureD.Core.Commands;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Tests;
using PressureD.Systemd.Tests.Bus;
using PressureD.Yaml;

namespace PressureD.Cli.Tests.Commands;

public sealed class RuleCommandsTests
{
    [Fact]
    public void Rules_are_a_table_for_people_and_an_object_for_programs()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = static command => Replies.Rules(
            command,
            new RuleStatus("out-of-memory-soon", "p.yaml:3", "active", true, false, 1, 1, 7, 9),
            new RuleStatus("thrash", "p.yaml:7", "idle", false, true, 12, 0, 0, 0));
        CommandRun run = CommandRun.Of("rules", "--bus", bus.Address.ToString());
        Assert.Equal(
            """
            RULE                STANDS    ACTIVE     NOTE
            out-of-memory-soon  active    1 of 1     dry run, in its cooldown
            thrash              idle      0 of 12    cannot be decided here

            """,
            run.Output);
        JsonElement json = Json(bus, "rules");
        Assert.Equal(1, json.GetProperty("format").GetInt32());
        JsonElement first = json.GetProperty("rules")[0];
        Assert.Equal("out-of-memory-soon", first.GetProperty("name").GetString());
        Assert.Equal(7, first.GetProperty("last_act_usec").GetInt64());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("rules")[1].GetProperty("cooldown_end_usec").ValueKind);
    }

    [Fact]
    public void Why_not_lists_reasons_with_the_comparisons_below_their_condition()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = static command => Replies.WhyNot(
            command,
            new ExpectedVictim(4711, "a\e[2J", "app.slice/x", 2ul << 30),
            new WhyNotReason("condition", "a/b", "the condition is false", 0),
            new WhyNotReason("term", "a/b", "mem.available 60.0% (needs < 10.0%)", 0),
            new WhyNotReason("cooldown", "", "it acted 1.0 s ago", 5));
        Assert.Equal(
            """
            low does not act now:
              - /a/b: the condition is false
                  mem.available 60.0% (needs < 10.0%)
              - it acted 1.0 s ago
            if it had to act now, it would end 4711 (a\x1b[2J) in /app.slice/x, 2.0 GiB

            """,
            CommandRun.Of("why-not", "low", "--bus", bus.Address.ToString()).Output);
        JsonElement json = Json(bus, "why-not", "low");
        JsonElement victim = json.GetProperty("victim");
        Assert.Equal(
            (4711, "a\e[2J", "app.slice/x", 2L << 30),
            (victim.GetProperty("pid").GetInt32(), victim.GetProperty("comm").GetString(),
                victim.GetProperty("cgroup").GetString(), victim.GetProperty("expected_bytes").GetInt64()));
        JsonElement reasons = json.GetProperty("reasons");
        Assert.Equal("a/b", reasons[1].GetProperty("cgroup").GetString());
        Assert.Equal(5, reasons[2].GetProperty("until_usec").GetInt64());
    }

    [Fact]
    public void A_cgroup_that_would_be_ended_is_named_and_nobody_is_null()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = static command => Replies.WhyNot(command, new ExpectedVictim(0, "", "app.slice/x", 4096));
        Assert.Equal(
            "nothing holds low back: it acts\nif it had to act now, it would end /app.slice/x, 4.0 KiB\n",
            CommandRun.Of("why-not", "low", "--bus", bus.Address.ToString()).Output);
        service.Loop.Answer = static command => Replies.WhyNot(command, null);
        Assert.Equal(JsonValueKind.Null, Json(bus, "why-not", "low").GetProperty("victim").ValueKind);
    }

    [Fact]
    public void Pause_and_dry_run_are_handed_on_and_confirmed()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        string asked = "";
        service.Loop.Answer = command =>
        {
            asked = $"{command.Kind} {command.Name} {command.Number} {command.Text} {command.Flag}";
            if (command.Kind == CommandKind.Pause)
            {
                command.Reply.Unsigned(1L);
            }
        };
        CommandRun run = CommandRun.Of("pause", "1.5min", "backup", "--bus", bus.Address.ToString());
        Assert.Equal("", run.Error);
        Assert.Equal("paused for 90 s\n", run.Output);
        Assert.Equal("Pause  90000000 backup False", asked);
        Assert.Equal(
            "dry run of rule low\n",
            CommandRun.Of("dry-run", "on", "low", "--bus", bus.Address.ToString()).Output);
        Assert.Equal("SetDryRun low 0  True", asked);
        Assert.Equal("acting again\n", CommandRun.Of("resume", "--bus", bus.Address.ToString()).Output);
        Assert.Equal("paused for 2 s", Json(bus, "pause", "2s").GetProperty("done").GetString());
    }

    [Theory]
    [InlineData("soon", "'soon' is not a number")]
    [InlineData("5", "'5' has no unit")]
    [InlineData("5m", "did you mean '5min'?")]
    [InlineData("0s", "expected at most 24h")]
    [InlineData("25h", "expected at most 24h")]
    [InlineData("-5s", "pressurectl")]
    public void A_pause_of_no_length_is_a_usage_error(string duration, string said)
    {
        CommandRun run = CommandRun.Of("pause", duration);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pause_without_a_length_is_a_usage_error() =>
        Assert.Equal(ExitCode.Usage, CommandRun.Of("pause").ExitCode);

    [Fact]
    public void What_the_daemon_refuses_is_said_in_its_words()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = static command => command.Fail(CommandOutcome.NoSuchRule, "there is no rule x"u8);
        CommandRun run = CommandRun.Of("explain", "x", "--bus", bus.Address.ToString());
        Assert.Equal((ExitCode.Error, "", "pressurectl: there is no rule x\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public void Without_a_daemon_explain_reads_the_files_and_says_so()
    {
        CommandRun run = CommandRun.Of("explain", "x", "--bus", "unix:path=/nowhere/at/all");
        Assert.Equal(ExitCode.Error, run.ExitCode);
        string[] said = run.Error.Split('\n');
        Assert.StartsWith("pressurectl: ", said[0], StringComparison.Ordinal);
        Assert.Equal("pressurectl: this is what the policy files say, not how the rule stands:", said[1]);

        // Nobody has put a policy, or one with such a rule, onto the machine that tests run on.
        Assert.Matches("no policy file|has no rule 'x'", said[2]);
    }

    [Fact]
    public void Explain_reads_files_that_are_named()
    {
        string path = Repository.PathOf("config", "pressured.yaml");
        CommandRun run = CommandRun.Of("explain", "memory-stalls", path);
        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("memory-stalls (", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n  When for 5 s on end, something stalls on memory", run.Output, StringComparison.Ordinal);

        CommandRun json = CommandRun.Of("explain", "--json", "memory-stalls", path);
        JsonElement root = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal(JsonValueKind.Null, root.GetProperty("nearest").ValueKind);
        Assert.Equal(run.Output.TrimEnd('\n'), root.GetProperty("text").GetString());

        CommandRun unknown = CommandRun.Of("explain", "memory-stall", path);
        Assert.Equal(ExitCode.Error, unknown.ExitCode);
        Assert.StartsWith(
            $"pressurectl: the policy of {path} has no rule 'memory-stall'; did you mean 'memory-stalls'? Its rules: ",
            unknown.Error,
            StringComparison.Ordinal);
        Assert.Contains(", memory-stalls", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_says_who_switched_a_rule_off_and_where()
    {
        string shipped = Repository.PathOf("config", "pressured.yaml");
        string directory = Directory.CreateTempSubdirectory().FullName;
        string mine = Path.Combine(directory, "mine.yaml");
        File.WriteAllText(mine, "rules:\n  - name: memory-stalls\n    disable: true\n");
        CommandRun run = CommandRun.Of("explain", "memory-stalls", shipped, mine);
        Assert.Equal((ExitCode.Error, ""), (run.ExitCode, run.Output));
        Assert.Matches(
            $"^pressurectl: the rule 'memory-stalls' \\({Regex.Escape(shipped)}:[0-9]+\\) is switched off by 'disable: true' at "
            + $"{Regex.Escape(mine)}:3; to have it again, take that out there and reload\n$",
            run.Error);
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData("explain", "lo")]
    [InlineData("why-not", "lo")]
    [InlineData("dry-run", "on", "lo")]
    [InlineData("kill", "lo")]
    public void A_rule_that_is_not_there_is_told_from_one_that_is_switched_off(params string[] command)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        PolicyResult policy = PolicyReader.Read([("p.yaml", Encoding.UTF8.GetBytes("""
            rules:
              - { name: low, when: mem.available < 5%, then: [ { log: x } ] }
              - { name: off, when: mem.available < 5%, then: [ { log: x } ], disabled: true }
            """))]);
        service.Loop.Answer = asked =>
        {
            asked.Fail(CommandOutcome.NoSuchRule, "no"u8);
            asked.Policy = policy.Policy;
        };
        CommandRun run = CommandRun.Of([.. command, "--bus", bus.Address.ToString()]);
        Assert.Equal(
            (ExitCode.Error, "", "pressurectl: the policy in force has no rule 'lo'; did you mean 'low'? Its rules: low\n"),
            (run.ExitCode, run.Output, run.Error));

        command[^1] = "off";
        run = CommandRun.Of([.. command, "--bus", bus.Address.ToString()]);
        Assert.Equal(
            (ExitCode.Error, "", "pressurectl: the rule 'off' (p.yaml:3) is switched off by 'disabled: true' at p.yaml:3; "
                + "to have it again, take that out there and reload\n"),
            (run.ExitCode, run.Output, run.Error));
    }

    private static JsonElement Json(PrivateBus bus, params string[] arguments)
    {
        CommandRun run = CommandRun.Of([.. arguments, "--json", "--bus", bus.Address.ToString()]);
        Assert.Equal("", run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
