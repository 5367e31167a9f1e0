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
    public void A_directory_and_a_daemon_at_once_are_bad_usage()
    {
        CommandRun run = CommandRun.Of("why", "--directory", Path.GetTempPath(), "--bus", "session");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("does not go with --bus or --host", run.Error, StringComparison.Ordinal);
    }
}
