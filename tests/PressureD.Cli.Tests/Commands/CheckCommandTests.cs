using System;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace PressureD.Cli.Tests.Commands;

/// <summary>pressurectl check on files.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private const string Good =
        "rules: [ { name: low, when: mem.available < 10%, cooldown: 5s, then: [ { kill: { from: \"**\" } } ] } ]\n";

    private readonly string _top = Directory.CreateTempSubdirectory("pressurectl-check-").FullName;

    public void Dispose() => Directory.Delete(_top, recursive: true);

    [Fact]
    public void A_good_policy_is_said_in_words_with_bytes_of_this_machine()
    {
        CommandRun run = CommandRun.Of("check", Write("a.yaml", Good));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        long total = File.ReadAllLines("/proc/meminfo").Where(line => line.StartsWith("MemTotal:", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024).Single();
        Assert.Contains(
            $"available memory is less than {PressureD.Core.Policy.QuantityText.Bytes(total / 10)} (10 % of memory)",
            run.Output,
            StringComparison.Ordinal);
        Assert.Contains("TERM to one process", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_exit_status_does_not_depend_on_who_reads()
    {
        using ClosingPipe output = new(0);
        Assert.Equal((ExitCode.Success, ""), CommandRun.Into(output, "check", Write("a.yaml", Good)));
        Assert.Equal((ExitCode.Error, ""), CommandRun.Into(output, "check", "--json", Write("b.yaml", "rulez: 1\n")));
    }

    [Fact]
    public void Errors_of_all_files_are_told_with_their_places_and_nothing_else()
    {
        CommandRun run = CommandRun.Of("check", Write("a.yaml", Good + "limitz: 1\n"), Write("b.yaml", "rulez: 1\n"));
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("a.yaml:2:1: unknown key 'limitz' in a policy; did you mean 'limits'?", run.Error, StringComparison.Ordinal);
        Assert.Contains("b.yaml:1:1: unknown key 'rulez' in a policy; did you mean 'rules'?", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Later_files_change_earlier_ones()
    {
        CommandRun run = CommandRun.Of(
            "check", Write("a.yaml", Good), Write("b.yaml", "rules: [ { name: low, extend: true, dry-run: true } ]\n"));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Dry run", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        CommandRun run = CommandRun.Of("check", Path.Combine(_top, "none.yaml"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("none.yaml: does not exist", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("explain", "low")]
    [InlineData("test")]
    [InlineData("simulate")]
    [InlineData("replay")]
    public void A_mistyped_option_is_not_taken_for_a_file(params string[] command)
    {
        CommandRun run = CommandRun.Of([.. command, "--jsom"]);
        Assert.Equal(
            (2, "", $"pressurectl: there is no option '--jsom'; did you mean '--json'?\nSee: pressurectl {command[0]} --help\n"),
            (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public void Programs_get_one_object()
    {
        CommandRun run = CommandRun.Of("check", "--json", Write("a.yaml", Good.Replace("cooldown: 5s, ", "")));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement root = JsonDocument.Parse(run.Output).RootElement;
        Assert.True(root.GetProperty("usable").GetBoolean());
        JsonElement warning = root.GetProperty("diagnostics")[0];
        Assert.Equal(("warning", 1), (warning.GetProperty("severity").GetString(), warning.GetProperty("line").GetInt32()));
        Assert.Equal("low", root.GetProperty("rules")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void Programs_get_errors_as_an_object_too()
    {
        CommandRun run = CommandRun.Of("check", "--json", Write("a.yaml", "rules: [\n"));
        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        JsonElement root = JsonDocument.Parse(run.Output).RootElement;
        Assert.False(root.GetProperty("usable").GetBoolean());
        Assert.Equal("error", root.GetProperty("diagnostics")[0].GetProperty("severity").GetString());
        Assert.Empty(root.GetProperty("rules").EnumerateArray());
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_top, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
