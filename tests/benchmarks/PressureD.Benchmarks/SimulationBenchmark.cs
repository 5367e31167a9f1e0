using System;
using System.IO;
using System.Linq;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;

namespace PressureD.Benchmarks;

/// <summary>
/// How many times faster than real time a scenario is simulated, its daemon included. By the processor's time: it is one
/// thread's work, and others may be busy.
/// </summary>
internal static class SimulationBenchmark
{
    private const int Rounds = 5;

    /// <summary>Prints the median over several rounds, after one that is not counted.</summary>
    /// <param name="path">The scenario.</param>
    /// <param name="shippedPolicy">The policy of scenarios that name none.</param>
    public static void Run(string path, string shippedPolicy)
    {
        ScenarioResult read = ScenarioReader.Read(
            path,
            File.ReadAllBytes(path),
            name => name == PolicyNames.Shipped ? (shippedPolicy, File.ReadAllBytes(shippedPolicy)) : null);
        if (read.Scenario is not { } scenario)
            throw new BenchmarkException(string.Join('\n', read.Diagnostics));
        var times = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            var run = new ScenarioRun(scenario, scenario.Policy);
            TimeSpan before = Environment.CpuUsage.TotalTime;
            run.Run();
            double factor = scenario.DurationUsec / (Environment.CpuUsage.TotalTime - before).TotalMicroseconds;
            if (round >= 0)
                times[round] = factor;
        }

        string name = Path.GetFileNameWithoutExtension(path);
        double median = times.Order().ElementAt(Rounds / 2);
        Console.WriteLine(FormattableString.Invariant(
            $"simulation: {name}: {median:0} times real time (from {times.Min():0} to {times.Max():0})"));
    }
}
