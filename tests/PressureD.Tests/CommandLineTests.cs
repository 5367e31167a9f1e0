using System;
using System.IO;
using System.Linq;
using Xunit.Abstractions;

namespace PressureD.Tests;

/// <summary>Arguments and policies, and what each comes to: exit code, standard output, standard error.</summary>
public sealed class CommandLineTests(PublishedProduct product, ITestOutputHelper output)
    : IClassFixture<PublishedProduct>, IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("--version", 0, "pressured ", "")]
    [InlineData("--help", 0, "exit codes:", "")]
    [InlineData("-h", 0, "--dry-run", "")]
    [InlineData("--help=1", 2, "", "--help takes no value")]
    [InlineData("--frobnicate", 2, "", "unknown argument --frobnicate; --help lists what there is")]
    [InlineData("status", 2, "", "unknown argument status")]
    [InlineData("--config", 2, "", "--config needs a value")]
    [InlineData("--config=", 2, "", "--config needs a value")]
    [InlineData("--check --config ", 2, "", "--config needs a value")]
    [InlineData("--bus bogus", 2, "", "--bus bogus: ")]
    [InlineData("--bus=", 2, "", "--bus needs a value")]
    [InlineData("--check --dry-run=yes", 2, "", "--dry-run takes no value")]
    public void Arguments(string arguments, int code, string said, string complained) =>
        Expect(code, said, complained, arguments.Split(' '));

    [Fact]
    public void The_shipped_policy_is_good_and_explained()
    {
        RunningProgram run = Expect(0, "out-of-memory-soon", "", "--check", "--config", product.ShippedPolicy);
        Assert.Contains("KILL to one process", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "expected")]
    [InlineData("version: 1\nrules: []\n", "expected")]
    [InlineData("rules: [\n", "pressured.yaml:")]
    [InlineData("version: 1\nversion: 1\n", ":2:1: ")]
    [InlineData("version: 1\nrulez: []\n", "did you mean 'rules'")]
    [InlineData("version: 1\nrules: &a [*a]\n", "pressured.yaml:2:")]
    [InlineData("version: 1\nrules: [{name: a, when: mem.fre < 1GiB, then: [{log: x}]}]\n", "did you mean 'mem.free'")]
    [InlineData("version: 1\nrules: [{name: a, when: mem.free < 1, then: [{log: x}]}]\n", "unit")]
    [InlineData("version: 1\nrules: [{name: a, when: mem.free < NaN, then: [{log: x}]}]\n", "pressured.yaml:2:")]
    public void A_policy_with_errors_is_refused_with_the_place(string text, string complaint)
    {
        _sandbox.WithPolicy(text);
        RunningProgram run = Expect(3, "", complaint, "--check", "--config", _sandbox.Config);
        Assert.Contains("pressured.yaml", run.Errors, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    /// <summary>Each fills the heap as far as its kind can; what is refused must not end the program first.</summary>
    [Theory]
    [InlineData("", "k{0}: 1\n", 10_001)]
    [InlineData("", "a{0}: &a{0} [*a{0}, *b{0}]\n", 4_000)]
    [InlineData("", "*a{0} : 1\n", 9_000)]
    [InlineData("protect:\n", "- {{exe: '^a{0}$'}}\n", 6_000)]
    [InlineData("rules:\n", "- {{name: r{0}, cooldown: 1s, when: mem.free<1B, then: [{{kill: {{from: a}}}}, {{kill: {{from: b}}}}, {{kill: {{from: c}}}}, {{kill: {{from: d}}}}]}}\n", 500)]
    [InlineData("rules:\n", "- {{name: r{0}, then: [log: x], when: 'mem.free<1B or mem.free<2B or mem.free<3B or mem.free<4B or mem.free<5B or mem.free<6B or mem.free<7B or mem.free<8B or mem.free<9B'}}\n", 510)]
    public void A_policy_that_is_made_to_hurt_is_refused_within_the_heap(string key, string item, int times)
    {
        _sandbox.WithPolicy(key + string.Concat(Enumerable.Range(0, times).Select(i => string.Format(null, item, i))));
        Expect(3, "", "pressured.yaml:", "--check", "--config", _sandbox.Config);
    }

    [Fact]
    public void A_rule_that_can_never_match_draws_a_warning()
    {
        _sandbox.WithPolicy("version: 1\nrules: [{name: a, when: swap.free < 0%, then: [{log: x}]}]\n");
        Expect(0, "a (", "warning: this comparison is never true", "--check", "--config", _sandbox.Config);
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        _sandbox.WithPolicy("version: 1\nrulez: 1\nlimitz: 2\nrules: [{name: a, when: mem.fre < 1GiB, then: [{log: x}]}]\n");
        RunningProgram run = Expect(3, "", "rulez", "--check", "--config", _sandbox.Config);
        Assert.Contains("limitz", run.Errors, StringComparison.Ordinal);
        Assert.Contains("mem.fre", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deep", "deep")]
    [InlineData("long", "262144")]
    [InlineData("zeros", "pressured.yaml")]
    [InlineData("control", "pressured.yaml")]
    [InlineData("brackets", "more than 262144 bytes")]
    [InlineData("flat", "more than 262144 bytes")]
    [InlineData("repeated", "more")]
    [InlineData("aliases", "pressured.yaml:1:")]
    public void A_hostile_policy_is_refused(string kind, string complaint)
    {
        string text = kind switch
        {
            "deep" => "rules: " + new string('[', 100_000),
            "long" => "# " + new string('x', 300_000),
            "zeros" => new string('\0', 4096),
            "brackets" => new string('[', 400_000),
            "flat" => new string('a', 10_000_000),
            "repeated" => string.Concat(Enumerable.Repeat("a: 1\n", 9_000)),
            "aliases" => "a: &a x\n" + string.Concat(Enumerable.Repeat("*a : 1\n", 9_000)),
            _ => "version: 1\n\u001b[2J: \u202e\n",
        };
        _sandbox.WithPolicy(text);
        RunningProgram run = Expect(3, "", complaint, "--check", "--config", _sandbox.Config);
        Assert.DoesNotContain('\u001b', run.Errors);
        Assert.True(run.Errors.Length < 20_000);
    }

    [Theory]
    [InlineData("--check")]
    [InlineData("--dry-run")]
    public void A_policy_that_others_may_write_is_refused(string mode)
    {
        _sandbox.WithPolicy(Sandbox.QuietPolicy);
        File.SetUnixFileMode(_sandbox.Policy, (UnixFileMode)0b110_110_110);
        Expect(3, "", "chmod go-w", mode, "--config", _sandbox.Config, "--bus", "none");
    }

    [Theory]
    [InlineData("--check")]
    [InlineData("--dry-run")]
    public void A_config_that_is_not_there_is_named(string mode)
    {
        string missing = _sandbox.PathOf("not-there");
        RunningProgram run = Expect(3, "", missing, mode, "--config", missing, "--bus", "none");
        Assert.Contains("does not exist", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--check")]
    [InlineData("--dry-run")]
    public void The_name_of_a_file_does_not_steer_the_terminal(string mode)
    {
        string missing = _sandbox.PathOf("not\u001b[2J-there");
        RunningProgram run = Expect(3, "", @"not\x1b[2J-there: does not exist", mode, "--config", missing, "--bus", "none");
        Assert.DoesNotContain('\u001b', run.Errors);
    }

    [Fact]
    public void Without_any_policy_nothing_runs()
    {
        RunningProgram run = Expect(3, "", "no policy file", "--config", _sandbox.Config, "--bus", "none");
        Assert.Contains("nothing is guarded", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Undo_with_nothing_to_undo_says_so()
    {
        Expect(0, "nothing to put back", "", "--undo");
        Directory.Delete(_sandbox.Run, recursive: true);
        Expect(0, "nothing to put back", "", "--undo");
        Directory.CreateDirectory(_sandbox.Run);
    }

    private RunningProgram Expect(int code, string said, string complained, params string[] arguments)
    {
        using RunningProgram run = RunningProgram.Daemon(product, _sandbox, null, arguments).Ended();
        output.WriteLine($"exit {run.ExitCode}\n{run.Output}{run.Errors}");
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(said, run.Output, StringComparison.Ordinal);
        Assert.Contains(complained, run.Errors, StringComparison.Ordinal);
        if (complained.Length == 0)
            Assert.Equal("", run.Errors);
        if (said.Length == 0)
            Assert.Equal("", run.Output);
        return run;
    }
}
