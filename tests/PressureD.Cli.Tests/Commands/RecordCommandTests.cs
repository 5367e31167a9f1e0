using System;
using System.IO;
using System.Text.Json;

namespace PressureD.Cli.Tests.Commands;

/// <summary>pressurectl record and replay on the machine that runs the tests.</summary>
public sealed class RecordCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pressurectl-record").FullName;

    private string Recording => Path.Combine(_folder, "machine.rec");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_recorded_here_is_replayed_here()
    {
        CommandRun recorded = CommandRun.Of("record", "--out", Recording, "--every", "50ms", "--for", "300ms");
        Assert.Equal("", recorded.Error);
        Assert.Equal(ExitCode.Success, recorded.ExitCode);
        Assert.Contains("processor time", recorded.Output);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Recording));

        CommandRun replayed = CommandRun.Of("replay", Recording);
        Assert.Equal("", replayed.Error);
        Assert.Equal(ExitCode.Success, replayed.ExitCode);
        Assert.Contains($"{Environment.MachineName}, Linux ", replayed.Output);
        Assert.Contains("by the policy shipped:", replayed.Output);
        Assert.DoesNotContain("cut off", replayed.Output);
    }

    [Fact]
    public void Policies_by_name_and_by_file_stand_side_by_side()
    {
        string file = Path.Combine(_folder, "own.yaml");
        File.WriteAllText(file, "rules: [ { name: r, when: mem.available < 1B, then: [ { log: hm } ] } ]\n");
        CommandRun.Of("record", "--out", Recording, "--for", "50ms");
        CommandRun run = CommandRun.Of(
            "replay", Recording, "--policy", "shipped", "server", "like-earlyoom", file, "none");
        Assert.Equal("", run.Error);
        foreach (string policy in new[] { "shipped ", "server ", "like-earlyoom ", file, "none " })
            Assert.Contains("\n" + policy, run.Output);
    }

    [Fact]
    public void A_replay_is_shown_with_charts_and_that_of_one_policy_only()
    {
        string page = Path.Combine(_folder, "replay.html");
        CommandRun.Of("record", "--out", Recording, "--for", "50ms");
        CommandRun run = CommandRun.Of("replay", Recording, "--html", page);
        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        string text = File.ReadAllText(page);
        Assert.Contains("""{"title":"Memory","unit":" MiB",""", text, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", text, StringComparison.Ordinal);

        run = CommandRun.Of("replay", Recording, "--html", page, "--policy", "shipped", "none");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--html makes a report of one policy", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_says_what_was_recorded_and_what_comes_of_it()
    {
        CommandRun recorded = CommandRun.Of(
            "record", "--json", "--out", Recording, "--every", "50ms", "--for", "200ms");
        using JsonDocument summary = JsonDocument.Parse(recorded.Output);
        Assert.InRange(summary.RootElement.GetProperty("samples").GetInt32(), 2, 6);
        Assert.Equal(new FileInfo(Recording).Length, summary.RootElement.GetProperty("file_bytes").GetInt64());

        CommandRun replayed = CommandRun.Of("replay", "--json", Recording);
        string[] lines = replayed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using JsonDocument sample = JsonDocument.Parse(lines[0]);
        Assert.Equal("sample", sample.RootElement.GetProperty("type").GetString());
        Assert.True(sample.RootElement.GetProperty("available_bytes").GetInt64() > 0);
        using JsonDocument end = JsonDocument.Parse(lines[^1]);
        Assert.Equal("end", end.RootElement.GetProperty("type").GetString());
    }

    [Fact]
    public void A_file_that_is_there_is_left_alone()
    {
        File.WriteAllText(Recording, "mine");
        CommandRun run = CommandRun.Of("record", "--out", Recording, "--for", "50ms");
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.Contains("already exists", run.Error);
        Assert.Equal("mine", File.ReadAllText(Recording));
    }

    [Theory]
    [InlineData("--every", "1ms", "expected 50ms to 1min")]
    [InlineData("--every", "5", "has no unit")]
    [InlineData("--for", "soon", "is not a number")]
    [InlineData("--max-size", "1KiB", "expected 256KiB to 1TiB")]
    public void Bad_values_are_bad_usage(string option, string value, string expected)
    {
        CommandRun run = CommandRun.Of("record", "--out", Recording, option, value);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.False(File.Exists(Recording));
    }

    [Theory]
    [InlineData(null, "cannot be replayed")]
    [InlineData("version: 1\n", "it is no recording of pressurectl")]
    public void What_is_no_recording_is_named(string? content, string expected)
    {
        if (content is not null)
            File.WriteAllText(Recording, content);
        CommandRun run = CommandRun.Of("replay", Recording);
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public void A_policy_that_is_not_there_is_named()
    {
        CommandRun run = CommandRun.Of("replay", Recording, "--policy", "sever");
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.Contains("there is no policy sever; expected shipped, none, a preset (build-farm, desktop", run.Error);
    }
}
