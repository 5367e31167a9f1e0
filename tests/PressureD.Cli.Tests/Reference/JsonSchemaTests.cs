using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Json.Schema;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Yaml.Schema;

namespace PressureD.Cli.Tests.Reference;

/// <summary>The schema that editors get: it is the one in config/schema, and it says what the reader says.</summary>
public sealed class JsonSchemaTests
{
    private static readonly Json.Schema.JsonSchema Schema =
        Json.Schema.JsonSchema.FromText(PressureD.Cli.Reference.JsonSchema.OfPolicies());

    private static readonly Json.Schema.JsonSchema Scenarios =
        Json.Schema.JsonSchema.FromText(PressureD.Cli.Reference.JsonSchema.OfScenarios());

    public static TheoryData<string> Shipped()
    {
        var files = new TheoryData<string> { Path.Combine("config", "pressured.yaml") };
        foreach (string path in Directory.GetFiles(Repository.PathOf("config", "presets"), "*.yaml").Order())
            files.Add(Path.Combine("config", "presets", Path.GetFileName(path)));
        return files;
    }

    [Theory]
    [InlineData("pressured-policy.schema.json", "schema")]
    [InlineData("pressured-scenario.schema.json", "schema", "--scenarios")]
    public void The_copy_in_config_is_what_the_command_prints(string name, params string[] command)
    {
        CommandRun run = CommandRun.Of(command);
        Assert.Equal(0, run.ExitCode);
        string path = Repository.PathOf("config", "schema", name);
        Assert.True(
            File.ReadAllText(path) == run.Output, $"make it anew: pressurectl {string.Join(' ', command)} > {path}");
    }

    [Fact]
    public void Scenarios_that_come_with_the_product_are_valid()
    {
        string[] files = Directory.GetFiles(
            Repository.PathOf("config", "scenarios"), "*.yaml", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (string file in files.Order())
            AssertValid(Scenarios, File.ReadAllText(file), file);
    }

    [Theory]
    [InlineData("duration: 10s")]
    [InlineData("title: t\nduration: 10")]
    [InlineData("title: t\nduration: 10s\nmachine: { kernel: \"7.0\" }")]
    [InlineData("title: t\nduration: 10s\nprocesses: [ { name: a, cgroup: b, mlock: { sizes: 1MiB } } ]")]
    [InlineData("title: t\nduration: 10s\nprocesses: [ { name: a, cgroup: b, leak: { rate: 1MiB/s, shape: up } } ]")]
    [InlineData("title: t\nduration: 10s\nprocesses: [ { name: a, cgroup: b, reactive: { fill: 1MiB/s } } ]")]
    [InlineData("title: t\nduration: 10s\nprocesses: [ { name: a, cgroup: b, forks: { rate: 5 } } ]")]
    public void What_the_reader_of_scenarios_refuses_by_shape_is_invalid(string scenario)
    {
        scenario = "policy: none\n" + scenario;
        Assert.False(Evaluate(Scenarios, scenario).IsValid, scenario);
        byte[] content = System.Text.Encoding.UTF8.GetBytes(scenario);
        Assert.Null(ScenarioReader.Read("s", content, static _ => null).Scenario);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Shipped_files_are_valid(string path) =>
        AssertValid(Schema, File.ReadAllText(Repository.PathOf(path)), path);

    [Fact]
    public void Examples_of_the_documentation_are_valid()
    {
        List<string> examples = Page.Examples();
        Assert.NotEmpty(examples);
        foreach (string example in examples)
            AssertValid(Schema, example, example);
    }

    [Theory]
    [InlineData("rulez: []")]
    [InlineData("version: one")]
    [InlineData("auto-reload: 2")]
    [InlineData("rules: [ { name: a, when: mem.free < 1GiB } ]")]
    [InlineData("rules: [ { name: A, when: mem.free < 1GiB, then: [ { log: x } ] } ]")]
    [InlineData("rules: [ { when: mem.free < 1GiB, then: [ { log: x } ] } ]")]
    [InlineData("rules: [ { name: a, extend: false, cooldown: 3s } ]")]
    [InlineData("rules: [ { name: a, when: mem.free < 1GiB, cooldown: 3, then: [ { log: x } ] } ]")]
    [InlineData("rules: [ { name: a, when: mem.free < 1GiB, then: [ { log: x, notify: low } ] } ]")]
    [InlineData("rules: [ { name: a, when: mem.free < 1GiB, then: [ { notify: loud } ] } ]")]
    [InlineData("rules: [ { name: a, when: mem.free < 1GiB, then: [ { kill: { victim: cgroup } } ] } ]")]
    [InlineData("rules: [ { name: a, when: mem.free < 1GiB, then: [ { kill: { from: '**', rank: [size, size] } } ] } ]")]
    [InlineData("rules: [ { name: a, when: mem.free < 1GiB, then: [ { kill: { from: '**', min-size: 5MB } } ] } ]")]
    public void What_the_reader_refuses_by_shape_is_invalid(string policy)
    {
        Assert.False(Evaluate(Schema, policy).IsValid, policy);
        Assert.Null(PressureD.Yaml.PolicyReader.Read([("p", System.Text.Encoding.UTF8.GetBytes(policy))]).Policy);
    }

    [Theory]
    [InlineData("rules: [ { name: a, extend: true, cooldown: 3 s } ]")]
    [InlineData("rules: [ { name: a, extend: true, cooldown: 0 } ]")]
    [InlineData("swap: { cgroups: [ { match: system.slice/postgresql.service, max: 0 } ] }")]
    [InlineData("rules: [ { name: a, disable: true } ]")]
    [InlineData("rules: [ { name: a, when: mem.free < 1GiB, then: [ { kill: { from: '**', rank: size } } ] } ]")]
    public void What_the_reader_takes_is_valid(string policy) => AssertValid(Schema, policy, policy);

    [Fact]
    public void Every_key_is_described()
    {
        using JsonDocument schema = JsonDocument.Parse(PressureD.Cli.Reference.JsonSchema.OfPolicies());
        JsonElement properties = schema.RootElement.GetProperty("properties");
        foreach (KeySpec key in PolicySchema.Top.Keys)
            Assert.Equal(key.Summary, properties.GetProperty(key.Name).GetProperty("description").GetString());
    }

    private static void AssertValid(Json.Schema.JsonSchema schema, string text, string what)
    {
        EvaluationResults results = Evaluate(schema, text);
        IEnumerable<string> errors = (results.Details ?? [])
            .Where(detail => detail.Errors is { Count: > 0 })
            .Select(detail => $"{detail.InstanceLocation}: {string.Join("; ", detail.Errors!.Values)}");
        Assert.True(results.IsValid, $"{what}\n{string.Join('\n', errors)}");
    }

    private static EvaluationResults Evaluate(Json.Schema.JsonSchema schema, string text)
    {
        using JsonDocument document = JsonDocument.Parse(YamlAsJson.Of(text)!.ToJsonString());
        return schema.Evaluate(
            document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
    }
}
