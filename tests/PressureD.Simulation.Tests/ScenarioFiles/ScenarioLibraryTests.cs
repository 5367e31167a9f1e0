using System.Collections.Generic;
using System.IO;
using System.Linq;
using PressureD.Core.Policy;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;

namespace PressureD.Simulation.Tests.ScenarioFiles;

/// <summary>The scenarios that come with the product: all are as they expect.</summary>
public sealed class ScenarioLibraryTests
{
    public static IEnumerable<object[]> Files =>
        Directory.GetFiles(Scenarios.Folder, "*.yaml", SearchOption.AllDirectories)
            .Select(path => new object[] { Path.GetRelativePath(Scenarios.Folder, path) })
            .OrderBy(item => (string)item[0]);

    [Theory]
    [MemberData(nameof(Files))]
    public void Is_as_expected(string file)
    {
        ScenarioResult read = Scenarios.ReadFile(Path.Combine(Scenarios.Folder, file));
        Assert.True(read.Scenario is not null, string.Join('\n', read.Diagnostics));
        (ScenarioOutcome outcome, IReadOnlyList<ScenarioFailure> failures) = Scenarios.Run(read.Scenario);
        Assert.True(
            failures.Count == 0,
            string.Join('\n', failures.Select(failure => failure.Text)) + "\n"
                + ScenarioTimeline.Around(outcome, failures));
    }

    /// <summary>Each function and operator has a scenario that says when it becomes true.</summary>
    [Fact]
    public void The_whole_language_is_in_them()
    {
        string folder = Path.Combine(Scenarios.Folder, "language");
        string functions = File.ReadAllText(Path.Combine(folder, "functions.yaml"));
        Assert.All(FunctionCatalog.All, function => Assert.Contains($"{function.Name}(", functions));
        string operators = File.ReadAllText(Path.Combine(folder, "operators.yaml"));
        Assert.Equal(6, OperatorCatalog.All.Length);
        string[] words = ["% of ", " < ", " <= ", " > ", " >= ", " == ", " != ", " for ", " not ", " and ", " or "];
        Assert.All(words, word => Assert.Contains(word, operators));
    }

    [Fact]
    public void There_are_at_least_forty() => Assert.True(Files.Count() >= 40);
}
