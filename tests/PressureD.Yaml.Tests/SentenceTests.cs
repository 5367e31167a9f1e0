using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Tests;

/// <summary>
/// What the shipped policy and each preset say in words, as somebody reads it who has never seen their files: the texts
/// in Sentences are read by people when they change.
/// </summary>
public sealed class SentenceTests
{
    private static readonly MachineSize Machine = new(16L << 30, 4L << 30);

    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string> { "pressured" };
        string directory = Path.Combine(Path.GetDirectoryName(ShippedPolicyTests.ShippedPath())!, "presets");
        foreach (string path in Directory.GetFiles(directory).Order())
            names.Add(Path.GetFileNameWithoutExtension(path));
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_reads_as_it_did(string name)
    {
        string path = Path.Combine(Folder(), $"{name}.txt");
        string said = Said(name);
        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == said,
            $"{name} says something else than {path}. If it is as good, put it there:\n{said}");
    }

    /// <summary>The rules that stand in its file, whatever they change of the shipped ones.</summary>
    private static string Said(string name)
    {
        string shipped = ShippedPolicyTests.ShippedPath();
        var files = new List<(string, string)> { ("pressured.yaml", File.ReadAllText(shipped)) };
        string file = $"{name}.yaml";
        if (file != "pressured.yaml")
            files.Add((file, File.ReadAllText(Path.Combine(Path.GetDirectoryName(shipped)!, "presets", file))));
        IEnumerable<string> rules = Policies.Valid([.. files]).Rules
            .Where(rule => rule.Position.File == file)
            .Select(rule => string.Join('\n', PolicyText.Describe(rule, Machine)));
        return string.Join("\n\n", rules) + "\n";
    }

    private static string Folder([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "Sentences");
}
