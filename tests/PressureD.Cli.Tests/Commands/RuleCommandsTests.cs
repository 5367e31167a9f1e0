using System;
using System.Text.Json;
using PressureD.Core.Commands;
using PressureD.Systemd.Tests;
using PressureD.Systemd.Tests.Bus;

namespace PressureD.Cli.Tests.Commands;

public sealed class RuleCommandsTests
{
    [Fact]
    public void Rules_are_a_table_for_people_and_an_object_for_programs()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = static command =>
        {
            command.Reply.OpenArray("(sssbbuutt)"u8);
            command.Reply.OpenStruct("sssbbuutt"u8).Text("out-of-memory-soon").Text("p.yaml:3").Text("active")
                .Boolean(true).Boolean(false).Count(1).Count(1).Unsigned(7L).Unsigned(9L);
            command.Reply.CloseStruct();
            command.Reply.OpenStruct("sssbbuutt"u8).Text("thrash").Text("p.yaml:7").Text("idle")
                .Boolean(false).Boolean(true).Count(12).Count(0).Unsigned(0L).Unsigned(0L);
            command.Reply.CloseStruct();
            command.Reply.CloseArray().Boolean(true);
        };
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
        service.Loop.Answer = static command =>
        {
            command.Reply.OpenArray("(ssst)"u8);
            Reason(command.Reply, "condition", "a/b", "the condition is false", 0);
            Reason(command.Reply, "term", "a/b", "mem.available 60.0% (needs < 10.0%)", 0);
            Reason(command.Reply, "cooldown", "", "it acted 1.0 s ago", 5);
            command.Reply.CloseArray();
        };
        Assert.Equal(
            """
            low does not act now:
              - /a/b: the condition is false
                  mem.available 60.0% (needs < 10.0%)
              - it acted 1.0 s ago

            """,
            CommandRun.Of("why-not", "low", "--bus", bus.Address.ToString()).Output);
        JsonElement reasons = Json(bus, "why-not", "low").GetProperty("reasons");
        Assert.Equal("a/b", reasons[1].GetProperty("cgroup").GetString());
        Assert.Equal(5, reasons[2].GetProperty("until_usec").GetInt64());
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
        Assert.Equal("paused for 90.0 s\n", run.Output);
        Assert.Equal("Pause  90000000 backup False", asked);
        Assert.Equal(
            "dry run of rule low\n",
            CommandRun.Of("dry-run", "on", "low", "--bus", bus.Address.ToString()).Output);
        Assert.Equal("SetDryRun low 0  True", asked);
        Assert.Equal("acting again\n", CommandRun.Of("resume", "--bus", bus.Address.ToString()).Output);
        Assert.Equal("paused for 2.0 s", Json(bus, "pause", "2s").GetProperty("done").GetString());
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("5")]
    [InlineData("-5s")]
    public void A_pause_of_no_length_is_a_usage_error(string duration)
    {
        CommandRun run = CommandRun.Of("pause", duration);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("pressurectl", run.Error, StringComparison.Ordinal);
    }

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
        Assert.Matches("no policy file|no rule 'x'", said[2]);
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
        Assert.Equal(
            (ExitCode.Error, $"pressurectl: no rule 'memory-stall' that is not switched off in {path}; did you mean 'memory-stalls'?\n"),
            (unknown.ExitCode, unknown.Error));
    }

    private static JsonElement Json(PrivateBus bus, params string[] arguments)
    {
        CommandRun run = CommandRun.Of([.. arguments, "--json", "--bus", bus.Address.ToString()]);
        Assert.Equal("", run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static void Reason(ReplyBuffer reply, string kind, string cgroup, string text, long untilUsec)
    {
        reply.OpenStruct("ssst"u8).Text(kind).Text(cgroup).Text(text).Unsigned(untilUsec);
        reply.CloseStruct();
    }
}
