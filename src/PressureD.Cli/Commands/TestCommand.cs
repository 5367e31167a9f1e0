using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PressureD.Cli.Scenarios;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl test: runs scenario files and compares what comes of them with what they expect.</summary>
internal static class TestCommand
{
    private const string Summary = """
        Runs scenarios on the simulated kernel and checks what they expect

        A scenario file says what machine there is, what happens on it, by which policy the daemon acts, and what must
        come of it. Nothing on this machine is touched. Exit status: 0 all are as expected, 1 one is not.
        """;

    internal static Command Create()
    {
        Argument<string[]> paths = new("path")
        {
            Description = "Scenario files, and folders with *.yaml of them",
            Arity = ArgumentArity.OneOrMore,
        };
        PathArgument.RefuseOptions(paths);
        Option<string?> junit = new("--junit") { Description = "Write JUnit's XML there", HelpName = "FILE" };
        Option<bool> json = new("--json") { Description = "Write one JSON object for each scenario, one a line" };
        Option<int> jobs = new("--jobs")
        {
            Description = "Run so many at a time",
            HelpName = "N",
            DefaultValueFactory = static _ => Environment.ProcessorCount,
        };
        PathArgument.RefuseEmpty(junit);
        WholeNumber.Bound(jobs, 1);
        Command command = new("test", Summary) { paths, junit, json, jobs };
        command.SetAction(parsed => Run(
            parsed.GetValue(paths)!,
            parsed.GetValue(junit),
            parsed.GetValue(json),
            parsed.GetValue(jobs),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string[] paths, string? junit, bool json, int jobs, TextWriter output, TextWriter error)
    {
        List<string> problems = [];
        List<string> files = ScenarioPaths.Expand(paths, problems);
        foreach (string problem in problems)
        {
            error.WriteLine($"pressurectl: {NameText.Of(problem)}");
        }

        if (problems.Count > 0 || files.Count == 0)
        {
            error.WriteLine($"pressurectl: {(problems.Count == 0 ? "no scenarios (*.yaml)" : "nothing was run")}");
            return ExitCode.Error;
        }

        long started = Stopwatch.GetTimestamp();
        ScenarioVerdict[] verdicts;
        try
        {
            verdicts = RunAll(files, jobs, verdict =>
                output.Write(json ? VerdictsJson.Render(verdict) : Describe(verdict) + "\n"));
        }
        catch (OutputException problem) when (problem.IsUnread)
        {
            // What was not run is not as expected.
            return ExitCode.Error;
        }

        TimeSpan took = Stopwatch.GetElapsedTime(started);
        if (!json)
        {
            output.WriteLine(Total(verdicts, took));
        }

        bool written = junit is null || Write(junit, verdicts, took, error);
        return written && verdicts.All(static verdict => verdict.Passed) ? ExitCode.Success : ExitCode.Error;
    }

    /// <summary>Runs all, and tells of each in the order of the files as soon as those before it are told.</summary>
    private static ScenarioVerdict[] RunAll(List<string> files, int jobs, Action<ScenarioVerdict> tell)
    {
        ScenarioVerdict?[] verdicts = new ScenarioVerdict?[files.Count];
        int told = 0;
        OutputException? untold = null;
        Parallel.For(0, files.Count, new ParallelOptions { MaxDegreeOfParallelism = jobs }, (index, all) =>
        {
            ScenarioVerdict verdict = ScenarioTest.Run(files[index]);
            lock (verdicts)
            {
                verdicts[index] = verdict;
                try
                {
                    for (; untold is null && told < verdicts.Length && verdicts[told] is { } next; told++)
                    {
                        tell(next);
                    }
                }
                catch (OutputException problem)
                {
                    untold = problem;
                    all.Stop();
                }
            }
        });
        if (untold is not null)
        {
            throw untold;
        }

        return verdicts!;
    }

    private static string Describe(ScenarioVerdict verdict)
    {
        if (verdict.Passed)
        {
            return NameText.Of($"ok      {verdict.File}: {verdict.Title}");
        }

        string head = NameText.Of(
            $"{(verdict.Broken ? "broken " : "FAILED ")} {verdict.File}: {verdict.Title}".TrimEnd(' ', ':'));
        string problems = string.Join(
            '\n', verdict.Problems.Select(static problem => "        " + NameText.Of(problem)));
        IEnumerable<string> lines =
            verdict.Timeline.TrimEnd('\n').Split('\n').Select(static line => "        | " + line);
        string timeline = verdict.Timeline.Length == 0 ? "" : "\n" + string.Join('\n', lines);
        return $"{head}\n{problems}{timeline}";
    }

    private static string Total(ScenarioVerdict[] verdicts, TimeSpan took)
    {
        int passed = verdicts.Count(static verdict => verdict.Passed);
        int broken = verdicts.Count(static verdict => verdict.Broken);
        TimeSpan simulated = TimeSpan.FromTicks(verdicts.Sum(static verdict => verdict.Simulated.Ticks));
        return $"{passed} passed, {verdicts.Length - passed - broken} failed, {broken} broken; "
            + FormattableString.Invariant(
                $"{simulated.TotalMinutes:F0} min of simulated time in {took.TotalSeconds:F1} s");
    }

    private static bool Write(string path, ScenarioVerdict[] verdicts, TimeSpan took, TextWriter error)
    {
        try
        {
            using StreamWriter file = File.CreateText(path);
            JUnitReport.Write(file, verdicts, took);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"pressurectl: {NameText.Of(path)} cannot be written: {FileProblem.Of(path, problem)}");
            return false;
        }
    }
}
