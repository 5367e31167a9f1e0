using System;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace PressureD.Cli.Tests.Commands;

/// <summary>pressurectl replay, as its user runs it.</summary>
public sealed class ReplayCommandTests
{
    private static readonly string Leak = Repository.PathOf("docs", "validation", "leak-1.rec");

    [Fact]
    public void Each_line_for_programs_says_by_which_policy_it_came()
    {
        CommandRun run = CommandRun.Of("replay", Leak, "--json", "--policy", "none", "shipped");
        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        JsonElement[] lines = [.. run.Output.TrimEnd('\n').Split('\n').Select(Parse)];
        Assert.Equal(
            ["none", "shipped"], lines.Select(static line => line.GetProperty("policy").GetString()).Distinct());
        Assert.Equal(
            ["end", "event", "sample"],
            lines.Select(static line => line.GetProperty("type").GetString()).Distinct().Order());
        Assert.Equal(JsonValueKind.Null, lines[^1].GetProperty("longest_stall_usec").ValueKind);
        Assert.Equal(JsonValueKind.Null, lines[^1].GetProperty("total_stall_usec").ValueKind);
    }

    [Fact]
    public void A_full_output_is_not_blamed_on_the_recording()
    {
        using FullOutput output = new();
        Assert.Equal(
            (ExitCode.Error, "pressurectl: cannot write: No space left on device\n"),
            CommandRun.Into(output, "replay", Leak));
    }

    [Fact]
    public void It_ends_when_nobody_reads_any_more()
    {
        using ClosingPipe output = new(3);
        Assert.Equal((ExitCode.Success, ""), CommandRun.Into(output, "replay", Leak, "--json"));
        Assert.Equal(3, output.Read.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public void A_directory_is_no_recording()
    {
        string folder = Path.GetDirectoryName(Leak)!;
        CommandRun run = CommandRun.Of("replay", folder);
        Assert.Equal(
            (ExitCode.Error, $"pressurectl: {folder} cannot be replayed: it is a directory\n"),
            (run.ExitCode, run.Error));
    }

    private static JsonElement Parse(string line)
    {
        using JsonDocument parsed = JsonDocument.Parse(line);
        return parsed.RootElement.Clone();
    }
}
