using System;
using System.Globalization;
using System.Linq;
using PressureD.Benchmarks;

// Figures of the loop on this machine's kernel, compiled as the product is (eng/bench does that):
//   latency [PROCESSES...]   from the sample that makes a condition true to the signal
//   step DIRECTORY [CGROUPS...]   one step over so many cgroups, beside a bare C loop over the same files
//   simulation SHIPPED SCENARIO...   how much faster than real time, with the policy SHIPPED where a scenario names none
//   evaluate [RULES CGROUPS]   evaluating so many rules for each of so many cgroups, beside reading their files
try
{
    switch (args)
    {
        case ["latency", .. string[] counts]:
            foreach (int count in Numbers(counts, 300, 1500))
                LatencyBenchmark.Run(count);
            return 0;
        case ["step", var directory, .. string[] counts]:
            foreach (int count in Numbers(counts, 1000, 5000))
                StepBenchmark.Run(directory, count);
            return 0;
        case ["evaluate", .. string[] counts]:
            int[] sizes = Numbers(counts, 100, 1000);
            EvaluationBenchmark.Run(sizes[0], sizes[^1]);
            return 0;
        case ["simulation", var shipped, .. string[] scenarios]:
            foreach (string scenario in scenarios)
                SimulationBenchmark.Run(scenario, shipped);
            return 0;
        default:
            Console.Error.WriteLine("usage: pressured-bench latency [PROCESSES...] | step DIRECTORY [CGROUPS...] "
                + "| evaluate [RULES CGROUPS] | simulation SHIPPED SCENARIO...");
            return 2;
    }
}
catch (BenchmarkException exception)
{
    Console.Error.WriteLine($"pressured-bench: {exception.Message}");
    return 1;
}

static int[] Numbers(string[] given, params int[] usual) =>
    given.Length == 0 ? usual : given.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
