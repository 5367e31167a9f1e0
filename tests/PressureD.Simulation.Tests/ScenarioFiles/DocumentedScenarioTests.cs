using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PressureD.Simulation.Scenarios;

namespace PressureD.Simulation.Tests.ScenarioFiles;

/// <summary>What the page about scenarios shows can be copied and passes.</summary>
public sealed class DocumentedScenarioTests
{
    private const string Fence = "```";

    public static IEnumerable<object[]> Examples
    {
        get
        {
            string page = Path.Combine(Scenarios.Folder, "..", "..", "docs", "simulation.md");
            List<string>? block = null;
            int line = 0;
            int first = 0;
            foreach (string text in File.ReadLines(page))
            {
                line++;
                if (block is null)
                {
                    if (text != Fence + "yaml")
                        continue;
                    (block, first) = ([], line + 1);
                }
                else if (text != Fence)
                    block.Add(text);
                else
                {
                    if (block.Any(static written => written.StartsWith("title:", StringComparison.Ordinal)))
                        yield return [first, string.Join('\n', block) + "\n"];
                    block = null;
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_passes_as_it_is_written(int line, string example)
    {
        (ScenarioOutcome outcome, IReadOnlyList<ScenarioFailure> failures) = Scenarios.Run(example);
        Assert.True(
            failures.Count == 0,
            $"simulation.md:{line}: {string.Join('\n', failures.Select(static failure => failure.Text))}\n"
                + ScenarioTimeline.Around(outcome, failures));
    }

    [Fact]
    public void There_is_an_example() => Assert.NotEmpty(Examples);
}
