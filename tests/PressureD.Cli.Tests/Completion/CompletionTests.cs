using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PressureD.Cli.Completion;
using PressureD.Systemd.Tests;

namespace PressureD.Cli.Tests.Completion;

/// <summary>The scripts for shells: everything that the parser takes is in each of them.</summary>
public sealed class CompletionTests
{
    private static readonly CompletedCommand Root = CompletedCommand.Of(PressurectlCommand.Create());

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void Every_command_option_and_word_is_there(string shell)
    {
        CommandRun run = CommandRun.Of("completion", shell);
        Assert.Equal(("", ExitCode.Success), (run.Error, run.ExitCode));
        List<CompletedCommand> commands = [.. Root.All()];
        Assert.True(commands.Count > 20);
        foreach (CompletedCommand command in commands)
        {
            string part = PartOf(shell, run.Output, command);
            foreach (CompletedCommand below in command.Commands)
                Assert.Matches($@"\b{below.Name}\b", part);
            foreach (CompletedOption option in command.Options)
            {
                foreach (string name in option.Names)
                    Assert.Contains(shell == "fish" ? Dashless(name) : name, part);
                foreach (string word in option.Value?.Words ?? [])
                    Assert.Contains(word, part);
            }

            foreach (string word in command.Arguments.SelectMany(static argument => argument.Words))
                Assert.Contains(word, part);
        }
    }

    [Fact]
    public void Fish_is_told_either_that_there_are_files_or_that_there_are_none() =>
        Assert.DoesNotMatch(" -[fx] .*-F|-F .* -[fx] ", CommandRun.Of("completion", "fish").Output);

    [Fact]
    public void Zsh_has_one_function_for_each_command()
    {
        string script = CommandRun.Of("completion", "zsh").Output;
        string[] functions = [.. script.Split('\n').Where(static line => line.EndsWith("()"))];
        Assert.Equal(functions.Distinct(), functions);
    }

    [Fact]
    public void What_is_hidden_is_not_offered() =>
        Assert.All((string[])["bash", "zsh", "fish"], static shell =>
            Assert.DoesNotContain("docs", CommandRun.Of("completion", shell).Output));

    [Fact]
    public void A_shell_that_is_not_known_is_bad_usage() =>
        Assert.Equal(ExitCode.Usage, CommandRun.Of("completion", "csh").ExitCode);

    [Theory]
    [InlineData("pressurectl inc", "incidents")]
    [InlineData("pressurectl incidents l", "list")]
    [InlineData("pressurectl top --s", "--sort")]
    [InlineData("pressurectl top --sort ", "full", "growth", "memory", "name", "some", "swap")]
    [InlineData("pressurectl --json top --sort g", "growth")]
    [InlineData("pressurectl dry-run ", "off", "on")]
    [InlineData("pressurectl explain ", "low", "thrash")]
    [InlineData("pressurectl top --interval ")]
    [InlineData("pressurectl replay s", "script")]
    [InlineData("pressurectl kill --cgroup s")]
    [InlineData("pressurectl status --bus s", "session", "system")]
    [InlineData("pressurectl dry-run on ", "low", "thrash")]
    [InlineData("pressurectl dry-run --bus system off l", "low")]
    [InlineData("pressurectl dry-run on low ")]
    [InlineData("pressurectl pause 10s ")]
    [InlineData("pressurectl explain low s", "script")]
    [InlineData("pressurectl test script s", "script")]
    [InlineData("pressurectl replay --policy shipped --json scr", "script")]
    [InlineData("pressurectl replay --policy shipped ship", "shipped")]
    [InlineData("pressurectl top --sort = g", "growth")]
    [InlineData("pressurectl top --sort =", "full", "growth", "memory", "name", "some", "swap")]
    public void Bash_completes(string line, params string[] expected)
    {
        string directory = Directory.CreateTempSubdirectory("pressured-completion-").FullName;
        try
        {
            string script = Path.Combine(directory, "script");
            File.WriteAllText(script, $$"""
                pressurectl() { printf 'RULE STANDS\nthrash idle\nlow idle\n'; }
                {{CommandRun.Of("completion", "bash").Output}}
                COMP_WORDS=({{line}}{{(line.EndsWith(' ') ? "''" : "")}})
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                cd '{{directory}}'
                _pressurectl 2>/dev/null
                printf '%s\n' "${COMPREPLY[@]}"
                """);
            string[] offered = ChildProcess.Run("bash", script).Output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(expected, offered.Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The part of a script that is about one command.</summary>
    private static string PartOf(string shell, string script, CompletedCommand command)
    {
        string function = "_pressurectl" + command.Path.Replace(' ', '_').Replace('-', '_');
        return string.Join('\n', shell switch
        {
            "bash" => script.Split('\n').Where(line =>
                line.Contains($"\"{command.Path}\"") || line.Contains($"\"{command.Path}:")),
            "fish" => script.Split('\n').Where(line => line.Contains($"\"__pressurectl_at '{command.Path}'")),
            _ => script[script.IndexOf($"\n{function}()\n", StringComparison.Ordinal)..].Split("\n}\n").Take(1),
        });
    }

    private static string Dashless(string name) => name.StartsWith("--") ? $"-l {name[2..]}" : $"-s {name[1..]}";
}
