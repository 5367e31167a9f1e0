using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
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
    public void What_a_victim_was_started_as_is_shown_to_whom_it_is_given_and_else_said_to_be_withheld()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        string victim = "\"uid\":1000,\"command_line\":\"/usr/bin/hog --token x\"";
        service.Incidents.Answer = query => query.AnswerWith(
            $$$"""
            {"format":1,"id":7,"time_usec":0,"rule":"low","outcome":"killed","summary":"died","victim":{{{{victim}}}},
            "acts":[{"after_usec":0,"kind":"died","text":"died","pid":3,"comm":"hog","cgroup":"/a/b"}]}
            """);
        string address = bus.Address.ToString();
        Assert.Contains(
            "\n  command line: /usr/bin/hog --token x\n", CommandRun.Of("why", "7", "--bus", address).Output);
        string report = Path.GetTempFileName();
        Assert.Equal(ExitCode.Success, CommandRun.Of("why", "7", "--html", report, "--bus", address).ExitCode);
        Assert.DoesNotContain("--token", File.ReadAllText(report), StringComparison.Ordinal);
        File.Delete(report);
        victim = "\"uid\":1000,\"command_line_withheld\":true";
        string withheld = CommandRun.Of("incidents", "show", "7", "--bus", address).Output;
        Assert.Contains("\n  command line: withheld; ", withheld, StringComparison.Ordinal);
        Assert.Contains("pressurectl why 7 --authenticate\n", withheld, StringComparison.Ordinal);
        victim = "\"uid\":1000,\"command_line\":null";
        Assert.DoesNotContain(
            "command line", CommandRun.Of("why", "7", "--bus", address).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_is_asked_for_when_the_user_says_so()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Incidents.Answer = static query => query.AnswerWith("""{"format":1,"id":7,"outcome":"noted"}""");
        using ChildProcess monitor = bus.Monitor();
        foreach (string[] more in (string[][])[[], ["--authenticate"]])
            Assert.Equal(0, CommandRun.Of(["why", "7", "--bus", bus.Address.ToString(), .. more]).ExitCode);

        // Its flag in a message: ALLOW_INTERACTIVE_AUTHORIZATION.
        Eventually.True(() => Asking(monitor).Length == 2, "both were seen");
        Assert.Equal([0, 4], Asking(monitor));

        static int[] Asking(ChildProcess monitor) =>
        [
            .. monitor.Output.Split('\n')
                .Where(static line => line.Contains("\"member\":\"GetIncident\"") && line.EndsWith('}'))
                .Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("flags").GetInt32() & 4),
        ];
    }

    [Fact]
    public void Names_from_an_incident_stay_in_their_place()
    {
        string directory = Directory.CreateTempSubdirectory("pressured-incidents-").FullName;
        try
        {
            const string Name = "a\\u001b[2Jb\\u202e";
            File.WriteAllText(
                Path.Combine(directory, "0000000001.json"),
                $$"""
                {"format":1,"id":1,"time_usec":1,"rule":"low","outcome":"killed","summary":"s","cgroup":"/{{Name}}",
                "acts":[{"kind":"died","text":"died","pid":3,"comm":"{{Name}}","cgroup":"/{{Name}}"}],
                "victim":{"command_line":"{{Name}}"},
                "candidates":[{"pid":3,"comm":"{{Name}}","cgroup":"/{{Name}}"},{"cgroup":"/{{Name}}"}]}
                """.Replace("\n", "") + "\n");
            string report = Path.Combine(directory, "report.html");
            CommandRun why = CommandRun.Of("why", "1", "--directory", directory, "--html", report);
            Assert.Equal("", why.Error);
            foreach (string output in (string[])[why.Output, File.ReadAllText(report)])
            {
                Assert.Contains(@"a\x1b[2Jb\xe2\x80\xae", output, StringComparison.Ordinal);
                Assert.DoesNotContain(output, static character => character is '\u001b' or '\u202e');
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void A_time_ends_as_it_begins_where_it_is_said()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        DateTimeOffset newest = DateTimeOffset.UtcNow.AddMinutes(-1);
        service.Incidents.Answer = query =>
        {
            if (!query.IsList)
            {
                query.AnswerWith($$"""{"format":1,"id":{{query.Id}},"outcome":"noted"}""");
                return;
            }

            // One an hour, as many as are asked for.
            long from = query.Id == 0 ? 100 : query.Id - 1;
            query.Reply.OpenArray("(ttsss)"u8);
            long id = from;
            for (; id > from - query.Limit && id > 0; id--)
            {
                long usec = (long)(newest.AddHours(id - 100) - DateTimeOffset.UnixEpoch).TotalMicroseconds;
                if (usec < query.SinceUsec)
                    break;
                query.Reply.OpenStruct("ttsss"u8).Unsigned(id).Unsigned(usec).Text("low").Text("killed").Text("s");
                query.Reply.CloseStruct();
            }

            query.Reply.CloseArray().Boolean(id == 0 || id > from - query.Limit);
        };
        string address = bus.Address.ToString();
        Assert.Equal([71, 70], Ids("--until", "29h", "--limit", "2"));
        Assert.Equal([98, 97, 96], Ids("--since", "5 hours ago", "--until", "2h"));
        Assert.Equal([70, 69], Ids("--since", "32h", "--until", "30h", "--limit", "9"));
        CommandRun why = CommandRun.Of("why", "--until", "29h", "--json", "--bus", address);
        Assert.Contains("\"id\":71,", why.Output, StringComparison.Ordinal);
        why = CommandRun.Of("why", "--since", "30s", "--bus", address);
        Assert.Contains("there is no incident in that time", why.Error, StringComparison.Ordinal);

        int[] Ids(params string[] options)
        {
            CommandRun run = CommandRun.Of(["incidents", "list", "--bus", address, .. options]);
            Assert.Equal("", run.Error);
            return
            [
                .. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(static line => int.Parse(line.Trim().Split(' ')[0], CultureInfo.InvariantCulture)),
            ];
        }
    }

    [Theory]
    [InlineData("--since: 'soon' is no time, expected how long ago", "list", "--since", "soon")]
    [InlineData("--until: '30m' is no time, expected how long ago", "list", "--until", "30m")]
    [InlineData("--since is later than --until", "list", "--since", "1h", "--until", "2h")]
    [InlineData("--since lies ahead", "export", "--since", "2999-01-01")]
    public void A_time_that_makes_no_sense_is_bad_usage_and_says_what_would(string error, params string[] arguments)
    {
        CommandRun run = CommandRun.Of(["incidents", .. arguments]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_says_which_incident_and_so_a_time_does_not_go_with_it() =>
        Assert.Equal(ExitCode.Usage, CommandRun.Of("why", "7", "--until", "2h").ExitCode);

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
