using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using PressureD.Core.Incidents;
using PressureD.Systemd.Tests;
using PressureD.Systemd.Tests.Bus;

namespace PressureD.Cli.Tests.Commands;

/// <summary>Incidents that come over the bus.</summary>
public sealed class IncidentsCommandTests
{
    [Fact]
    public void All_are_listed_over_several_answers_and_no_more_than_the_limit()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        List<string> asked = [];
        service.Incidents.Answer = query =>
        {
            asked.Add($"{query.Id} {query.Limit}");
            long from = query.Id == 0 ? 7 : query.Id - 1;
            query.Reply.OpenArray("(ttsss)"u8);
            for (long id = from; id > from - Math.Min(query.Limit, 3) && id > 0; id--)
            {
                query.Reply.OpenStruct("ttsss"u8).Unsigned(id).Unsigned(1_700_000_000_000_000L)
                    .Text("low").Text("killed").Text($"died: {id}");
                query.Reply.CloseStruct();
            }

            query.Reply.CloseArray().Boolean(from <= 3);
        };
        CommandRun run = CommandRun.Of("incidents", "list", "--bus", bus.Address.ToString());
        Assert.Equal("", run.Error);
        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(7, lines.Length);
        Assert.StartsWith("    7  ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("  killed      low: died: 1", lines[6], StringComparison.Ordinal);
        Assert.Equal(["0 20", "5 17", "2 14"], asked);
        asked.Clear();
        run = CommandRun.Of("incidents", "list", "--limit", "4", "--bus", bus.Address.ToString());
        Assert.Equal(4, run.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Equal(["0 4", "5 1"], asked);
    }

    [Fact]
    public void Why_asks_the_daemon_that_it_is_told_of()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Incidents.Answer = static query =>
        {
            byte[] content = Encoding.UTF8.GetBytes("""
                {"format":1,"id":7,"time_usec":0,"rule":null,"outcome":"killed","summary":"died","asked_by_uid":1000,
                "acts":[{"after_usec":0,"kind":"died","text":"by hand: died","pid":3,"comm":"hog","cgroup":"/a/b",
                "expected_bytes":1048576,"freed_bytes":1048576,"took_usec":5000}]}
                """);
            content.CopyTo(query.Content, 0);
            query.Length = content.Length;
        };
        CommandRun run = CommandRun.Of("why", "7", "--bus", bus.Address.ToString());
        Assert.Equal("", run.Error);
        Assert.Contains(
            "killed hog (pid 3, 1.0 MiB) in b because user 1000 asked for it; freed 1.0 MiB in 5 ms.",
            run.Output.Replace('\n', ' '), StringComparison.Ordinal);
        Assert.DoesNotContain("rule", run.Output, StringComparison.Ordinal);
        run = CommandRun.Of("incidents", "show", "7", "--json", "--bus", bus.Address.ToString());
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal(7, json.RootElement.GetProperty("id").GetInt32());
    }

    [Fact]
    public void What_the_daemon_does_not_have_or_a_daemon_that_is_not_there_is_said()
    {
        using PrivateBus bus = new PrivateBus().Start();
        string address = bus.Address.ToString();
        Assert.Equal(ExitCode.NotReachable, CommandRun.Of("why", "--bus", address).ExitCode);
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Incidents.Answer = static query => query.Outcome = IncidentQueryOutcome.NoSuchIncident;
        CommandRun run = CommandRun.Of("incidents", "show", "7", "--bus", address);
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.Contains("there is no incident 7 (any more)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_directory_what_is_damaged_is_passed_over_and_said()
    {
        string directory = Directory.CreateTempSubdirectory("pressured-incidents-").FullName;
        try
        {
            for (int id = 1; id <= 3; id++)
            {
                File.WriteAllText(
                    Path.Combine(directory, $"{id:D10}.json"),
                    $$"""{"format":1,"id":{{id}},"time_usec":{{id}},"rule":"low","outcome":"killed","summary":"s"}"""
                    + "\n");
            }

            File.WriteAllText(
                Path.Combine(directory, "0000000004.json"),
                """{"format":1,"id":4,"time_usec":4,"rule":null,"outcome":"recorded","summary":"recorded: x"}""" + "\n");

            // The head of the one is missing, of the other what follows it.
            File.WriteAllText(Path.Combine(directory, "0000000001.json"), "{\"format\":1,\"id\":1,\"ti");
            File.WriteAllText(
                Path.Combine(directory, "0000000003.json"),
                """{"format":1,"id":3,"time_usec":3,"rule":"low","outcome":"killed","summary":"s","acts":[{""");
            CommandRun list = CommandRun.Of("incidents", "list", "--directory", directory);
            Assert.Equal("pressurectl: incident 1 is damaged or cannot be read\n", list.Error);
            string[] lines = list.Output.TrimEnd('\n').Split('\n');
            Assert.Equal(3, lines.Length);
            Assert.EndsWith("  recorded    recorded: x", lines[0], StringComparison.Ordinal);
            CommandRun export = CommandRun.Of("incidents", "export", "--directory", directory);
            Assert.Contains("incident 3 is damaged or cannot be read\n", export.Error, StringComparison.Ordinal);
            string[] exported = export.Output.TrimEnd('\n').Split('\n');
            Assert.Equal(2, exported.Length);
            Assert.StartsWith("{\"format\":1,\"id\":2,", exported[0], StringComparison.Ordinal);
            CommandRun show = CommandRun.Of("incidents", "show", "3", "--directory", directory);
            Assert.Equal(
                (ExitCode.Error, "pressurectl: incident 3 is damaged or cannot be read\n"),
                (show.ExitCode, show.Error));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void What_is_recorded_is_named_by_its_number_and_told_as_what_it_is()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = static command => command.Reply.Unsigned(7L);
        service.Incidents.Answer = static query =>
        {
            byte[] content = Encoding.UTF8.GetBytes("""
                {"format":1,"id":7,"time_usec":0,"rule":null,"outcome":"recorded","summary":"recorded: it stuttered",
                "asked_by_uid":1000,"acts":[{"after_usec":0,"kind":"recorded","text":"it stuttered"}]}
                """);
            content.CopyTo(query.Content, 0);
            query.Length = content.Length;
        };
        string address = bus.Address.ToString();
        CommandRun run = CommandRun.Of("incidents", "record", "it stuttered", "--bus", address);
        Assert.Equal(
            ("incident 7, complete in some 10 s: pressurectl incidents show 7\n", "", ExitCode.Success),
            (run.Output, run.Error, run.ExitCode));
        run = CommandRun.Of("incidents", "record", "it stuttered", "--json", "--bus", address);
        Assert.Equal(7, JsonDocument.Parse(run.Output).RootElement.GetProperty("incident").GetInt32());
        run = CommandRun.Of("incidents", "show", "7", "--bus", address);
        Assert.Contains(
            "recorded the state for \"it stuttered\" because user 1000 asked for it.",
            run.Output.Replace('\n', ' '), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30min")]
    [InlineData("1.5h")]
    [InlineData("2026-03-01 07:00")]
    public void Since_when_is_a_time_or_how_long_ago(string since)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        long asked = 0;
        service.Incidents.Answer = query =>
        {
            asked = query.SinceUsec;
            query.Reply.OpenArray("(ttsss)"u8).CloseArray().Boolean(true);
        };
        CommandRun run = CommandRun.Of("incidents", "list", "--since", since, "--bus", bus.Address.ToString());
        Assert.Equal("", run.Error);
        DateTimeOffset given = since[^1] switch
        {
            'n' => DateTimeOffset.Now.AddMinutes(-30),
            'h' => DateTimeOffset.Now.AddMinutes(-90),
            _ => new DateTimeOffset(new DateTime(2026, 3, 1, 7, 0, 0, DateTimeKind.Local)),
        };
        Assert.InRange(asked / 1e6, given.ToUnixTimeSeconds() - 60, given.ToUnixTimeSeconds() + 1);
        Assert.Equal(ExitCode.Usage, CommandRun.Of("incidents", "list", "--since", "30m").ExitCode);
    }

    [Fact]
    public void A_directory_and_a_daemon_at_once_are_bad_usage()
    {
        CommandRun run = CommandRun.Of("why", "--directory", Path.GetTempPath(), "--bus", "session");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("does not go with --bus or --host", run.Error, StringComparison.Ordinal);
    }
}
