using System;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace PressureD.Cli.Tests.Commands;

/// <summary>pressurectl simulate, as its user runs it.</summary>
public sealed class SimulateCommandTests : IDisposable
{
    private const string Leak = """
        title: A leak <fast>
        duration: 15s
        processes:
          - { name: probe, cgroup: system.slice/probe.service, probe: {} }
          - { name: leak, cgroup: system.slice/leak.service, leak: { rate: 100MiB/s } }
        expect:
          victims: [leak]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("pressurectl-simulate").FullName;
    private readonly string _scenario;

    public SimulateCommandTests()
    {
        _scenario = Path.Combine(_folder, "leak.yaml");
        File.WriteAllText(_scenario, Leak);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void In_a_pipe_it_is_text_with_a_verdict()
    {
        CommandRun run = CommandRun.Of("simulate", _scenario);
        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("A leak <fast>\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("out-of-memory-soon: TERM to ", run.Output, StringComparison.Ordinal);
        Assert.Contains("expectations            all met", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_run_writes_the_same_bytes() =>
        Assert.Equal(CommandRun.Of("simulate", "--json", _scenario), CommandRun.Of("simulate", "--json", _scenario));

    [Fact]
    public void Json_ends_with_the_victims()
    {
        CommandRun run = CommandRun.Of("simulate", "--json", _scenario);
        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        string[] types = lines.Select(TypeOf).Distinct().ToArray();
        Assert.Equal(["sample", "event", "end"], types);
        using JsonDocument end = JsonDocument.Parse(lines[^1]);
        Assert.Equal("leak", end.RootElement.GetProperty("victims")[0].GetProperty("name").GetString());
        Assert.Equal(0, end.RootElement.GetProperty("problems").GetArrayLength());
    }

    [Fact]
    public void The_report_needs_nothing_from_elsewhere()
    {
        string report = Path.Combine(_folder, "report.html");
        Assert.Equal(ExitCode.Success, CommandRun.Of("simulate", _scenario, "--html", report).ExitCode);
        string page = File.ReadAllText(report);
        Assert.Contains("<title>A leak &lt;fast&gt;</title>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", page, StringComparison.Ordinal);
        Assert.Contains("out-of-memory-soon: TERM to ", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Policies_are_compared_on_the_same_seeds()
    {
        CommandRun run = CommandRun.Of("simulate", _scenario, "--compare", "none", "shipped", "--seeds", "2");
        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        string[] none = lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] shipped = lines[3].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["none", "-", "0", "0", "2"], none[..5]);
        Assert.Equal("shipped", shipped[0]);
        Assert.Equal(["2", "0", "0"], shipped[3..6]);
        Assert.EndsWith("2 of 2", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Policies_are_compared_for_programs_too()
    {
        CommandRun run = CommandRun.Of("simulate", _scenario, "--json", "--seeds", "2", "--compare", "none", "shipped");
        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(["comparison", "comparison"], lines.Select(TypeOf));
        using JsonDocument none = JsonDocument.Parse(lines[0]);
        using JsonDocument shipped = JsonDocument.Parse(lines[1]);
        Assert.Equal(JsonValueKind.Null, none.RootElement.GetProperty("first_kill_usec").ValueKind);
        Assert.Equal(2, none.RootElement.GetProperty("kernel_kills").GetInt32());
        Assert.Equal("shipped", shipped.RootElement.GetProperty("policy").GetString());
        Assert.Equal(2, shipped.RootElement.GetProperty("as_expected").GetInt32());
        Assert.InRange(shipped.RootElement.GetProperty("first_kill_usec").GetInt64(), 1, 60_000_000);
    }

    [Theory]
    [InlineData("--policy does not go with --compare", "--compare", "none", "--policy", "shipped")]
    [InlineData("--html makes a report of one policy", "--compare", "none", "--html", "report.html")]
    [InlineData("--seeds goes with --compare", "--seeds", "3")]
    [InlineData("--speed is that of the view on a terminal", "--speed", "3", "--json")]
    [InlineData("--speed is that of the view on a terminal", "--compare", "none", "--speed", "3")]
    [InlineData("--policy", "--compare", "none", "--policy")]
    [InlineData("--html", "--compare", "none", "--html")]
    [InlineData("--compare", "--compare")]
    public void What_would_be_ignored_is_bad_usage(string said, params string[] options)
    {
        CommandRun run = CommandRun.Of(["simulate", _scenario, .. options]);
        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Output));
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_run_while_one_of_the_policies_is_not_there()
    {
        CommandRun run = CommandRun.Of("simulate", _scenario, "--json", "--compare", "none", "nowhere.yaml");
        Assert.Equal((ExitCode.Error, ""), (run.ExitCode, run.Output));
        Assert.Contains("there is no policy nowhere.yaml", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_that_is_not_there_is_an_error()
    {
        CommandRun run = CommandRun.Of("simulate", _scenario, "--policy", "nowhere.yaml");
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.Contains("there is no policy nowhere.yaml", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_probe_no_longest_stall_is_told()
    {
        string path = Path.Combine(_folder, "thrash.yaml");
        File.WriteAllText(path, """
            title: Nobody measures
            duration: 20s
            machine: { ram: 512MiB, swap: 4GiB }
            processes: [ { name: a, cgroup: a, hot-set: { size: 900MiB } } ]
            """);
        string table = CommandRun.Of("simulate", path, "--compare", "none").Output;
        Assert.Matches(@"\nnone +- +0 +0 +0 +- +[1-9]\d+ ms +0 B +1 of 1\n", table);
        string line = CommandRun.Of("simulate", path, "--json", "--compare", "none").Output;
        Assert.Matches(@"""longest_stall_usec"":null,""total_stall_usec"":[1-9]\d+,", line);
        Assert.Matches(
            @"""longest_stall_usec"":null,""total_stall_usec"":[1-9]\d+,",
            CommandRun.Of("simulate", path, "--json", "--policy", "none").Output);
    }

    [Fact]
    public void It_ends_when_nobody_reads_any_more()
    {
        using ClosingPipe output = new(2);
        Assert.Equal((ExitCode.Success, ""), CommandRun.Into(output, "simulate", _scenario, "--json"));
        Assert.Equal(2, output.Read.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public void Names_do_not_steer_the_terminal_and_are_whole_for_programs()
    {
        string path = Path.Combine(_folder, "odd.yaml");
        File.WriteAllText(path, """
            title: "x\x1b[31m"
            duration: 12s
            processes: [ { name: "a\x1b[0m", comm: "x\x1b[2J", cgroup: s, leak: { rate: 100MiB/s } } ]
            """);
        string text = CommandRun.Of("simulate", path).Output + CommandRun.Of("simulate", path, "--compare", "none").Output;
        Assert.DoesNotContain('\u001b', text);
        Assert.Contains(@"x\x1b[2J (", text, StringComparison.Ordinal);
        Assert.Contains(@"a\x1b[0m at ", text, StringComparison.Ordinal);
        string json = CommandRun.Of("simulate", path, "--json").Output;
        Assert.Contains("\"text\":\"x\\u001B[2J (", json, StringComparison.Ordinal);
        Assert.DoesNotContain(@"x\\x1b[2J (", json.Split('\n').First(IsOfProcess), StringComparison.Ordinal);

        static bool IsOfProcess(string line) => line.Contains("\"source\":\"process\"", StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_a_file_is_said()
    {
        CommandRun run = CommandRun.Of("simulate", _folder);
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.StartsWith($"{_folder}: cannot be read: it is a directory\n", run.Error, StringComparison.Ordinal);
        run = CommandRun.Of("simulate", _scenario, "--html", _folder);
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.Equal($"pressurectl: {_folder} cannot be written: it is a directory\n", run.Error);
    }

    [Fact]
    public void What_makes_no_machine_is_said_in_words()
    {
        string path = Path.Combine(_folder, "pids.yaml");
        File.WriteAllText(path, """
            title: t
            duration: 9s
            processes: [ { name: a, cgroup: a, pid: 300 }, { name: b, cgroup: b, pid: 300, starts: 2s } ]
            """);
        CommandRun run = CommandRun.Of("simulate", path);
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.Equal("pressurectl: the scenario cannot be set up: Pid 300 is taken.\n", run.Error);
        Assert.Contains("cannot be set up: Pid 300 is taken.\n", CommandRun.Of("test", path).Output, StringComparison.Ordinal);
    }

    private static string TypeOf(string line)
    {
        using JsonDocument parsed = JsonDocument.Parse(line);
        return parsed.RootElement.GetProperty("type").GetString()!;
    }
}
