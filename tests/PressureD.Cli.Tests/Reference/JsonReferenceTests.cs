using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using PressureD.Cli.Completion;
using PressureD.Systemd.Tests;
using PressureD.Systemd.Tests.Bus;

namespace PressureD.Cli.Tests.Reference;

/// <summary>docs/json.md: what programs read has a version, and every name in it is on the page.</summary>
public sealed class JsonReferenceTests
{
    private static readonly string Text = File.ReadAllText(Repository.PathOf("docs", "json.md"));

    [Fact]
    public void Every_command_that_writes_json_is_on_the_page()
    {
        string[] missing =
        [
            .. CompletedCommand.Of(PressurectlCommand.Create()).All()
                .Where(static command => command.Options.Any(static option => option.Names.Contains("--json")))
                .Select(static command => command.Path.Trim())
                .Where(static name => !Text.Contains($"| `{name}`") && !Text.Contains($", `{name}`")),
        ];
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_command_that_tells_something_writes_json()
    {
        // Their output is for programs, or for a screen.
        string[] others =
        [
            "schema", "incidents export", "metrics", "completion", "prekill-sockets", "notify-agent",
        ];
        Assert.Equal(
            others.Order(),
            CompletedCommand.Of(PressurectlCommand.Create()).All()
                .Where(static command => command.Commands.Count == 0
                    && !command.Options.Any(static option => option.Names.Contains("--json")))
                .Select(static command => command.Path.Trim()).Order());
    }

    public static TheoryData<string[]> WithoutDaemon() => new(
        ["check", "--json", Repository.PathOf("config", "pressured.yaml")],
        ["explain", "out-of-memory-soon", "--json", Repository.PathOf("config", "pressured.yaml")],
        ["test", "--json", Repository.PathOf("config", "scenarios", "trouble", "daemon-restarted-while-killing.yaml")],
        ["simulate", "--json", Repository.PathOf("config", "scenarios", "trouble", "daemon-restarted-while-killing.yaml")],
        [
            "simulate", "--json", Repository.PathOf("config", "scenarios", "trouble", "daemon-restarted-while-killing.yaml"),
            "--compare", "none", "shipped",
        ],
        ["demo", "--json"],
        ["fuzz", "--json", "--seed", "1", "--seeds", "1", "--hours", "1"]);

    [Theory]
    [MemberData(nameof(WithoutDaemon))]
    public void What_is_written_without_the_daemon_is_as_the_page_says(string[] arguments) => AssertDescribed(arguments);

    [Fact]
    public void What_the_daemon_is_asked_is_written_as_the_page_says()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Publish();
        string address = bus.Address.ToString();
        AssertDescribed("status", "--json", "--bus", address);
        AssertDescribed("top", "--json", "--once", "--bus", address);
        service.Loop.Answer = static command => Replies.Rules(
            command, new Systemd.Bus.RuleStatus("low", "p:1", "idle", false, false, 1, 0, 0, 0));
        AssertDescribed("rules", "--json", "--bus", address);
        service.Loop.Answer = static command => Replies.WhyNot(
            command, new Systemd.Bus.ExpectedVictim(7, "hog", "a", 4096),
            new Systemd.Bus.WhyNotReason("condition", "", "it is false", 0));
        AssertDescribed("why-not", "low", "--json", "--bus", address);
        service.Loop.Answer = static command => command.Reply.Boolean(true).Count(7).Text("hog"u8).Text("a"u8)
            .Unsigned(4096L).Unsigned(3L).Text("TERM to 7"u8);
        AssertDescribed("kill", "low", "--json", "--bus", address);
        service.Loop.Answer = static command => command.Reply.Unsigned(7L);
        AssertDescribed("pause", "10min", "--json", "--bus", address);
        AssertDescribed("incidents", "record", "odd", "--json", "--bus", address);
    }

    private static void AssertDescribed(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);
        Assert.Equal("", run.Error);
        Assert.NotEmpty(run.Output);
        string[] objects = run.Output.StartsWith("{\n", StringComparison.Ordinal)
            ? [run.Output]
            : run.Output.TrimEnd('\n').Split('\n');
        HashSet<string> names = [];
        foreach (string one in objects)
        {
            using JsonDocument document = JsonDocument.Parse(one);
            Assert.Equal(1, document.RootElement.GetProperty("format").GetInt32());
            Assert.Equal("format", document.RootElement.EnumerateObject().First().Name);
            Collect(document.RootElement, names);
        }

        string[] missing = [.. names.Where(static name => !Text.Contains($"`{name}`", StringComparison.Ordinal))];
        Assert.Empty(missing);
    }

    private static void Collect(JsonElement element, HashSet<string> names)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    names.Add(property.Name);
                    Collect(property.Value, names);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                    Collect(item, names);
                break;
        }
    }
}
