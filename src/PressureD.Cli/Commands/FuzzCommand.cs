using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using PressureD.Cli.Scenarios;
using PressureD.Simulation.Fuzz;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl fuzz: random machines, policies and faults, and what must hold in all of them.</summary>
internal static class FuzzCommand
{
    private const int ShrinkRuns = 60;

    private const string Summary = """
        Looks for what must never happen, on random machines with random policies, workloads and faults

        Nobody protected is signalled, nobody without its rule's condition, not again within a cooldown; nothing is left
        frozen or limited; every act is told; the loop is bounded and never throws; it does not stand by. What fails is
        made smaller and written as a scenario. Exit status: 0 nothing was found, 1 something was.
        """;

    internal static Command Create()
    {
        Option<int> seeds = new("--seeds")
        {
            Description = "How many cases", HelpName = "N", DefaultValueFactory = static _ => 20,
        };
        Option<int> hours = new("--hours")
        {
            Description = "Simulated time of all of them together", HelpName = "H", DefaultValueFactory = static _ => 2,
        };
        Option<int> seed = new("--seed") { Description = "The first seed; left out, a random one", HelpName = "S" };
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
        WholeNumber.Bound(seed, 1);
        WholeNumber.Bound(seeds, 1);
        WholeNumber.Bound(hours, 1);
        WholeNumber.Bound(jobs, 1);

        Command command = new("fuzz", Summary) { seeds, hours, seed, jobs, json };
        command.SetAction(parsed => Run(
            parsed.GetValue(seed) > 0 ? parsed.GetValue(seed) : RandomNumberGenerator.GetInt32(1, 1_000_000_000),
            parsed.GetValue(seeds),
            TimeSpan.FromHours(parsed.GetValue(hours)),
            parsed.GetValue(jobs),
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(int first, int count, TimeSpan simulated, int jobs, bool json, TextWriter output)
    {
        TimeSpan each = TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(simulated.TotalSeconds / count), 60, 86_400));
        output.Write(json
            ? BeginJson(first, count, each)
            : $"seeds {first} to {first + count - 1}, {each.TotalSeconds:F0} simulated seconds each\n"
              + $"again: pressurectl fuzz --seed {first} --seeds {count} --hours {simulated.TotalHours:F0}\n");
        output.Flush();

        long started = Stopwatch.GetTimestamp();
        int failed = 0;
        Lock telling = new();
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = jobs }, index =>
        {
            FuzzScenario drawn = FuzzScenario.Of((ulong)(first + index), (long)each.TotalMicroseconds);
            if (FuzzRun.Run(drawn, FindPolicy) is not { } found)
            {
                return;
            }

            // What allocates depends on what has happened before in this process: such a finding need not come again.
            FuzzScenario smallest = FuzzRun.Shrink(drawn, FindPolicy, ShrinkRuns);
            (string violation, ScenarioOutcome? outcome) = FuzzRun.Run(smallest, FindPolicy) ?? found;
            lock (telling)
            {
                failed++;
                string timeline = outcome is null ? "" : ScenarioTimeline.Whole(outcome);
                output.Write(json
                    ? FailureJson(drawn.Seed, violation, smallest.ToString(), timeline)
                    : FailureText(drawn.Seed, violation, smallest.ToString(), timeline));
                output.Flush();
            }
        });
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        output.Write(json
            ? EndJson(first, count, failed, each, took)
            : $"{count - failed} passed, {failed} failed; " + FormattableString.Invariant(
                $"{each.TotalHours * count:F1} h of simulated time in {took.TotalSeconds:F0} s\n"));
        return failed == 0 ? ExitCode.Success : ExitCode.Error;
    }

    private static string BeginJson(int first, int count, TimeSpan each) =>
        JsonOutput.RenderLine(writer =>
        {
            writer.WriteString("type", "begin");
            writer.WriteNumber("first_seed", first);
            writer.WriteNumber("seeds", count);
            writer.WriteNumber("each_usec", (long)each.TotalMicroseconds);
        });

    private static string FailureText(ulong seed, string violation, string scenario, string timeline) =>
        $"FAILED seed {seed}: {violation}\n{Indented(scenario)}\n"
        + (timeline.Length == 0 ? "" : $"{Indented(timeline)}\n");

    private static string FailureJson(ulong seed, string violation, string scenario, string timeline) =>
        JsonOutput.RenderLine(writer =>
        {
            writer.WriteString("type", "failure");
            writer.WriteNumber("seed", seed);
            writer.WriteString("violation", violation);
            writer.WriteString("scenario", scenario);
            writer.WriteString("timeline", timeline);
        });

    private static string EndJson(int first, int count, int failed, TimeSpan each, TimeSpan took) =>
        JsonOutput.RenderLine(writer =>
        {
            writer.WriteString("type", "end");
            writer.WriteNumber("first_seed", first);
            writer.WriteNumber("seeds", count);
            writer.WriteNumber("failed", failed);
            writer.WriteNumber("simulated_usec", (long)(each * count).TotalMicroseconds);
            writer.WriteNumber("took_usec", (long)took.TotalMicroseconds);
        });

    private static (string Name, ReadOnlyMemory<byte> Content)? FindPolicy(string name) =>
        ScenarioFile.FindPolicy(".", name);

    private static string Indented(string text) =>
        "    " + text.TrimEnd('\n').Replace("\n", "\n    ", StringComparison.Ordinal);
}
