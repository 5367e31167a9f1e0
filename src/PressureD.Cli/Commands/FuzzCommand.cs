using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using PressureD.Cli.Scenarios;
using PressureD.Core.Policy.Expressions;
using PressureD.Simulation.Fuzz;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl fuzz: random machines, policies and faults, and what must hold in all of them.</summary>
internal static class FuzzCommand
{
    private const int ShrinkRuns = 60;
    private const int DefaultSeeds = 20;
    private const int DefaultHours = 2;

    /// <summary>As long as a scenario may last.</summary>
    private const int MostHoursEach = 24;

    private const long LeastEachUsec = 60_000_000;

    private const string Summary = """
        Looks for what must never happen, on random machines with random policies, workloads and faults

        Nobody protected is signalled, nobody without its rule's condition, not again within a cooldown; nothing is left
        frozen or limited; every act is told; the loop is bounded and never throws; it does not stand by. What fails is
        made smaller and written as a scenario, with the command that runs it again. Exit status: 0 nothing was found;
        1 something was, or it was interrupted, which still says what was found so far.
        """;

    internal static Command Create()
    {
        Option<int> seeds = new("--seeds")
        {
            Description = "How many cases", HelpName = "N", DefaultValueFactory = static _ => DefaultSeeds,
        };
        Option<int> hours = new("--hours")
        {
            Description = "Simulated time of all of them together; a case lasts a minute at least, and "
                + $"{MostHoursEach} h at most",
            HelpName = "H",
            DefaultValueFactory = static _ => DefaultHours,
        };
        Option<long?> each = QuantityOption.Create(
            "--each", UnitKind.Duration, LeastEachUsec, MostHoursEach * 3_600_000_000L, "1min to 24h");
        each.Description = "Simulated time of a single one, in the place of --hours; what a seed draws depends on it";
        each.HelpName = "TIME";
        Option<long> seed = new("--seed") { Description = "The first seed; left out, a random one", HelpName = "S" };
        Option<int> jobs = new("--jobs")
        {
            Description = "Run so many at a time",
            HelpName = "N",
            DefaultValueFactory = static _ => Environment.ProcessorCount,
        };
        Option<bool> json = new("--json")
        {
            Description = "Write a JSON object at the beginning, for each case that failed and at the end, one a line",
        };
        WholeNumber.Bound(seed, 1, WholeNumber.MostSeed);
        WholeNumber.Bound(seeds, 1);
        WholeNumber.Bound(hours, 1);
        WholeNumber.Bound(jobs, 1);

        Command command = new("fuzz", Summary) { seeds, hours, each, seed, jobs, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(each) is { Implicit: false })
            {
                if (result.GetResult(hours) is { Implicit: false })
                    result.AddError("--each does not go with --hours: that is of all of them together");
            }
            else if (WholeNumber.Of(result, hours, DefaultHours) is { } total
                && WholeNumber.Of(result, seeds, DefaultSeeds) is { } count
                && total > MostHoursEach * count)
            {
                result.AddError(
                    $"--hours: {total} h is more than {MostHoursEach} h for each of --seeds, which is {count}");
            }
        });
        command.SetAction(parsed =>
        {
            long first = parsed.GetValue(seed) > 0
                ? parsed.GetValue(seed)
                : RandomNumberGenerator.GetInt32(1, 1_000_000_000);
            int count = parsed.GetValue(seeds);
            long usec = parsed.GetValue(each) ?? EachUsec(parsed.GetValue(hours), count);
            return Run(
                new FuzzBatch(first, count, usec / 1000 * 1000),
                parsed.GetValue(jobs),
                parsed.GetValue(json),
                parsed.InvocationConfiguration.Output);
        });
        return command;
    }

    private static long EachUsec(int hours, int seeds)
    {
        long seconds = ((hours * 3_600L) + seeds - 1) / seeds;
        return Math.Max(LeastEachUsec, seconds * 1_000_000);
    }

    private static int Run(FuzzBatch batch, int jobs, bool json, TextWriter output)
    {
        using Interruption interruption = new();
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token);
        using UnreadWatch watch = new(output, ending.Cancel);
        try
        {
            return Run(batch, jobs, json, output, ending);
        }
        catch (OutputException problem) when (problem.IsUnread)
        {
            // What was not run, or not told, is no success.
            return ExitCode.Error;
        }
    }

    private static int Run(
        FuzzBatch batch, int jobs, bool json, TextWriter output, CancellationTokenSource ending)
    {
        output.Write(json ? BeginJson(batch) : BeginText(batch));
        output.Flush();

        long started = Stopwatch.GetTimestamp();
        int done = 0;
        int failed = 0;
        OutputException? untold = null;
        Lock telling = new();
        ParallelOptions options = new() { MaxDegreeOfParallelism = jobs, CancellationToken = ending.Token };
        try
        {
            Parallel.For(0, batch.Count, options, index =>
            {
                FuzzBatch alone = batch with { First = batch.First + index, Count = 1 };
                string? failure = Look(alone, json, ending.Token);
                lock (telling)
                {
                    done++;
                    if (failure is null || untold is not null)
                        return;
                    failed++;
                    try
                    {
                        output.Write(failure);
                        output.Flush();
                    }
                    catch (OutputException problem)
                    {
                        untold = problem;
                        ending.Cancel();
                    }
                }
            });
        }
        catch (OperationCanceledException)
        {
            // What was found so far is told.
        }

        if (untold is not null)
            throw untold;
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        output.Write(json
            ? EndJson(batch, done, failed, took)
            : EndText(batch, done, failed, took));
        return failed == 0 && done == batch.Count ? ExitCode.Success : ExitCode.Error;
    }

    /// <summary>Runs one seed.</summary>
    /// <returns>What failed, in words or as JSON; null: nothing.</returns>
    private static string? Look(FuzzBatch alone, bool json, CancellationToken ending)
    {
        FuzzScenario drawn = FuzzScenario.Of((ulong)alone.First, alone.EachUsec);
        if (FuzzRun.Run(drawn, FindPolicy, ending) is not { } found)
            return null;

        FuzzScenario smallest = drawn;
        try
        {
            // What allocates depends on what has happened before in this process: such a finding need not come again.
            smallest = FuzzRun.Shrink(drawn, FindPolicy, ShrinkRuns, ending);
            found = FuzzRun.Run(smallest, FindPolicy, ending) ?? found;
        }
        catch (OperationCanceledException)
        {
            // It has failed all the same, as it was drawn.
            smallest = drawn;
        }

        string timeline = found.Outcome is null ? "" : ScenarioTimeline.Whole(found.Outcome);
        return json
            ? FailureJson(alone, found.Violation, smallest.ToString(), timeline)
            : FailureText(alone, found.Violation, smallest.ToString(), timeline);
    }

    private static string BeginText(FuzzBatch batch) => FormattableString.Invariant(
        $"seeds {batch.First} to {batch.First + batch.Count - 1}, {batch.EachUsec / 1e6} simulated seconds each\n")
        + $"again: {batch.Again}\n";

    private static string BeginJson(FuzzBatch batch) => JsonOutput.RenderLine(writer =>
    {
        writer.WriteString("type", "begin");
        writer.WriteNumber("first_seed", batch.First);
        writer.WriteNumber("seeds", batch.Count);
        writer.WriteNumber("each_usec", batch.EachUsec);
    });

    private static string FailureText(FuzzBatch alone, string violation, string scenario, string timeline) =>
        $"FAILED seed {alone.First}: {violation}\n    again: {alone.Again}\n{Indented(scenario)}\n"
        + (timeline.Length == 0 ? "" : $"{Indented(timeline)}\n");

    private static string FailureJson(FuzzBatch alone, string violation, string scenario, string timeline) =>
        JsonOutput.RenderLine(writer =>
        {
            writer.WriteString("type", "failure");
            writer.WriteNumber("seed", alone.First);
            writer.WriteString("again", alone.Again);
            writer.WriteString("violation", violation);
            writer.WriteString("scenario", scenario);
            writer.WriteString("timeline", timeline);
        });

    private static string EndText(FuzzBatch batch, int done, int failed, TimeSpan took)
    {
        string left = done == batch.Count ? "" : $", {batch.Count - done} not run: it was interrupted";
        return $"{done - failed} passed, {failed} failed{left}; " + FormattableString.Invariant(
            $"{batch.EachUsec / 3.6e9 * done:F1} h of simulated time in {took.TotalSeconds:F0} s\n");
    }

    private static string EndJson(FuzzBatch batch, int done, int failed, TimeSpan took) =>
        JsonOutput.RenderLine(writer =>
        {
            writer.WriteString("type", "end");
            writer.WriteNumber("first_seed", batch.First);
            writer.WriteNumber("seeds", batch.Count);
            writer.WriteNumber("failed", failed);
            writer.WriteNumber("not_run", batch.Count - done);
            writer.WriteNumber("simulated_usec", batch.EachUsec * done);
            writer.WriteNumber("took_usec", (long)took.TotalMicroseconds);
        });

    private static (string Name, ReadOnlyMemory<byte> Content)? FindPolicy(string name) =>
        ScenarioFile.FindPolicy(".", name);

    private static string Indented(string text) =>
        "    " + text.TrimEnd('\n').Replace("\n", "\n    ", StringComparison.Ordinal);
}
