using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PressureD.Simulation.Machine;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;

namespace PressureD.Validation;

/// <summary>A run of the model with nobody acting, by ticks.</summary>
internal sealed class PublishedRun
{
    private readonly List<Tick> _ticks = [];

    /// <param name="text">A scenario without title and policy.</param>
    /// <exception cref="FormatException">It is not one.</exception>
    internal PublishedRun(string text)
    {
        ScenarioResult read = ScenarioReader.Read(
            "published", Encoding.UTF8.GetBytes("title: published\npolicy: none\n" + text), static _ => null);
        Scenario scenario = read.Scenario ?? throw new FormatException(string.Join('\n', read.Diagnostics));
        Outcome = new ScenarioRun(scenario, null) { RowUsec = 100_000, TakeTick = machine => _ticks.Add(Tick.Of(machine)) }
            .Run();
    }

    internal ScenarioOutcome Outcome { get; }

    internal SimulatedMachine Machine => Outcome.Stage.Machine;

    internal Tick End => _ticks[^1];

    /// <summary>The last tick before the kernel's killer acted; where it did not, the last of all.</summary>
    internal Tick BeforeKill => _ticks.FindLast(static tick => tick.KernelKills == 0);

    /// <summary>The highest memory some avg10 up to there, %.</summary>
    internal double HighestSome10 => Outcome.Rows
        .Where(row => row.Usec <= BeforeKill.Usec)
        .Max(static row => row.MemorySome10) / 100.0;

    /// <summary>The first tick of which something is true.</summary>
    internal Tick First(Predicate<Tick> isTrue) => _ticks.Find(isTrue);

    /// <summary>The tick at or after a time.</summary>
    internal Tick At(double seconds) => First(tick => tick.Usec >= seconds * 1e6);

    internal IEnumerable<Tick> Between(double from, double to) =>
        _ticks.Where(tick => tick.Usec >= from * 1e6 && tick.Usec <= to * 1e6);
}
