using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace PressureD.Cli.Tests.Commands;

/// <summary>pressurectl test, as its user runs it.</summary>
public sealed class TestCommandTests : System.IDisposable
{
    private const string Passing = "title: quiet\nduration: 2s\n";
    private const string Failing = "title: noisy\nduration: 2s\nexpect: { kernel-oom: true }\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("pressurectl-test").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void All_as_expected_is_success()
    {
        string path = Write("a.yaml", Passing);
        CommandRun run = CommandRun.Of("test", path);
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"ok      {path}: quiet\n1 passed, 0 failed, 0 broken; ", run.Output);
    }

    [Fact]
    public void A_folder_is_searched_and_one_difference_is_a_failure_with_its_timeline()
    {
        Write("b.yaml", Failing);
        Write("a.yaml", Passing);
        Write("notes.txt", "no scenario");
        CommandRun run = CommandRun.Of("test", _folder);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAILED  " + Path.Combine(_folder, "b.yaml") + ": noisy\n", run.Output);
        Assert.Contains("kernel-oom: expected, but the kernel killed nobody", run.Output);
        Assert.Contains("        |      time   available", run.Output);
        Assert.Contains("1 passed, 1 failed, 0 broken", run.Output);
    }

    [Fact]
    public void A_file_that_is_no_scenario_is_broken_and_says_where()
    {
        string path = Write("a.yaml", "title: t\nduration: 5\n");
        CommandRun run = CommandRun.Of("test", path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{path}:2:11: 'duration'", run.Output);
        Assert.Contains("0 passed, 0 failed, 1 broken", run.Output);
    }

    [Fact]
    public void A_scenario_that_does_what_the_machine_refuses_is_broken_and_says_where()
    {
        string path = Write("a.yaml", """
            title: t
            duration: 5s
            processes: [ { name: p, cgroup: a } ]
            script:
              - { at: 1s, remove-cgroup: a }
            """);
        CommandRun run = CommandRun.Of("test", path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"script: at 1 s, {path}:5:30: /a cannot be removed, there are processes in it", run.Output);
        Assert.Contains("0 passed, 0 failed, 1 broken", run.Output);
    }

    [Fact]
    public void JUnit_names_each_of_them()
    {
        Write("b.yaml", Failing);
        Write("a.yaml", Passing);
        string report = Path.Combine(_folder, "report.xml");
        Assert.Equal(1, CommandRun.Of("test", _folder, "--junit", report).ExitCode);
        XElement suite = XDocument.Load(report).Root!.Element("testsuite")!;
        Assert.Equal("2", suite.Attribute("tests")!.Value);
        Assert.Equal("1", suite.Attribute("failures")!.Value);
        Assert.Contains("kernel killed nobody", suite.Descendants("failure").Single().Attribute("message")!.Value);
    }

    [Fact]
    public void Json_is_one_object_a_line()
    {
        CommandRun run = CommandRun.Of("test", "--json", Write("a.yaml", Passing));
        using var line = System.Text.Json.JsonDocument.Parse(run.Output.Split('\n')[0]);
        Assert.Equal("passed", line.RootElement.GetProperty("result").GetString());
        Assert.Equal(2_000_000, line.RootElement.GetProperty("simulated_usec").GetInt64());
    }

    [Fact]
    public void What_is_not_there_is_an_error()
    {
        CommandRun run = CommandRun.Of("test", Path.Combine(_folder, "none.yaml"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("there is no ", run.Error);
    }

    [Fact]
    public void A_link_to_a_folder_is_not_followed()
    {
        Write("a.yaml", Passing);
        File.CreateSymbolicLink(Path.Combine(_folder, "loop"), ".");
        Assert.Contains("1 passed, 0 failed", CommandRun.Of("test", _folder).Output);
    }

    [Fact]
    public void Of_a_file_without_an_end_no_more_is_read_than_a_scenario_may_have()
    {
        CommandRun run = CommandRun.Of("test", "/dev/zero");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("/dev/zero: more than 262144 bytes", run.Output);
    }

    [Fact]
    public void Names_do_not_steer_the_terminal()
    {
        string path = Write("a\u001b[2J.yaml", "title: \"x\\x1b[31m\\ny\"\nduration: 2s\nexpect: { kernel-oom: true }\n");
        CommandRun run = CommandRun.Of("test", path, Write("b\u001b.yaml", "duration: 5\n"));
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Contains("a\\x1b[2J.yaml: x\\x1b[31m\\x0ay\n", run.Output);
        Assert.Contains("b\\x1b.yaml:1:11: ", run.Output);
        Assert.Contains("a\\u001B[2J.yaml\",\"title\":\"x\\u001B[31m\\ny\"", CommandRun.Of("test", "--json", path).Output);
    }

    [Fact]
    public void A_report_cannot_be_a_directory()
    {
        CommandRun run = CommandRun.Of("test", Write("a.yaml", Passing), "--junit", _folder);
        Assert.Equal((1, $"pressurectl: {_folder} cannot be written: it is a directory\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public void What_nobody_reads_to_the_end_is_not_all_as_expected()
    {
        Write("a.yaml", Passing);
        Write("b.yaml", Passing);
        using ClosingPipe output = new(1);
        Assert.Equal((1, ""), CommandRun.Into(output, "test", _folder));
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
