using System;
using System.IO;
using System.Text.Json;
using PressureD.Systemd.Tests;

namespace PressureD.Tests;

/// <summary>The published programs where their output cannot go on, and where they are ended in the middle.</summary>
public sealed class OutputTests(PublishedProduct product)
    : IClassFixture<PublishedProduct>, IDisposable
{
    private const string Long = """
        title: long
        duration: 24h
        policy: none
        machine: { ram: 512MiB, swap: 4GiB }
        processes: [ { name: a, cgroup: a, hot-set: { size: 200MiB } } ]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("pressurectl-output").FullName;

    private string Scenario => Path.Combine(_folder, "long.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("pressured", "--version")]
    [InlineData("pressured", "--help")]
    [InlineData("pressured", "--check --config CONFIG")]
    [InlineData("pressurectl", "--version")]
    [InlineData("pressurectl", "schema")]
    [InlineData("pressurectl", "simulate long.yaml")]
    [InlineData("pressurectl", "simulate --json long.yaml")]
    [InlineData("pressurectl", "fuzz --seeds 1")]
    [InlineData("pressurectl", "record --json --for 200ms --out a.rec")]
    public void A_full_device_is_said(string program, string arguments)
    {
        Assert.Equal(
            (1, $"{program}: cannot write: No space left on device\n"),
            Shell($"\"$0/{program}\" {arguments.Replace("CONFIG", product.ShippedPolicy)} >/dev/full"));
    }

    [Theory]
    [InlineData("pressured", "--version")]
    [InlineData("pressurectl", "schema")]
    [InlineData("pressurectl", "test long.yaml")]
    public void A_closed_output_is_said(string program, string arguments) => Assert.Equal(
        (1, $"{program}: cannot write: Bad file descriptor\n"), Shell($"\"$0/{program}\" {arguments} >&-"));

    [Theory]
    [InlineData("simulate --json long.yaml", 0)]
    [InlineData("simulate long.yaml", 0)]
    [InlineData("fuzz --seeds 40 --hours 960", 1)]
    public void It_ends_at_once_when_nobody_reads_any_more(string arguments, int code)
    {
        Assert.Equal((0, ""), Shell($"(\"$0/pressurectl\" {arguments}; echo $? >code) | head -1"));
        Assert.Equal($"{code}\n", File.ReadAllText(Path.Combine(_folder, "code")));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(RunningProgram.Term)]
    public void Lines_are_whole_when_it_is_interrupted(int signal)
    {
        File.WriteAllText(Scenario, Long);
        using RunningProgram run = RunningProgram.Other(product.Tool, "simulate", "--json", Scenario);
        Eventually.True(() => run.Output.Length > 100_000, "no lines");
        run.Send(signal);
        run.Ended();
        Assert.Equal((1, "pressurectl: interrupted\n"), (run.ExitCode, run.Errors));
        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        using JsonDocument last = JsonDocument.Parse(lines[^1]);
        Assert.Equal("sample", last.RootElement.GetProperty("type").GetString());
    }

    [Fact]
    public void The_fuzzer_sums_up_what_it_has_when_it_is_interrupted()
    {
        using RunningProgram run = RunningProgram.Other(product.Tool, "fuzz", "--seeds", "40", "--hours", "960");
        Eventually.True(() => run.Output.Contains("again: ", StringComparison.Ordinal), "no beginning");
        run.Send(2);
        run.Ended();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(" not run: it was interrupted; ", run.Output, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_folder_that_may_not_be_listed_is_said()
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(Path.Combine(_folder, "closed"), UnixFileMode.UserRead);
        using RunningProgram run = RunningProgram.Other(
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", product.Tool, "test", _folder);
        run.Ended();
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"pressurectl: {_folder}/closed cannot be listed: Permission denied\npressurectl: nothing was run\n",
            run.Errors);
    }

    private (int ExitCode, string Errors) Shell(string script)
    {
        File.WriteAllText(Scenario, Long);
        using RunningProgram run = RunningProgram.Other(
            "sh", "-c", $"cd '{_folder}' && {script}", Path.GetDirectoryName(product.Tool)!);
        run.Ended();
        return (run.ExitCode, run.Errors);
    }
}
