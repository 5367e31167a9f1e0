using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace PressureD.Architecture.Tests;

/// <summary>What every source file has in common.</summary>
public sealed partial class SourceTests
{
    private const int MaxLine = 120;

    private static bool IsSource(string path) => path.StartsWith("src/", StringComparison.Ordinal);

    [Fact]
    public void A_file_has_the_namespace_of_its_folder()
    {
        var wrong = new List<string>();
        foreach (string path in Repository.Sources)
        {
            Match match = NamespaceLine().Match(Repository.Read(path));
            if (!match.Success && IsWithoutNamespace(path))
                continue;
            string folder = Path.GetDirectoryName(path)!.Replace('\\', '/').Replace("tests/benchmarks/", "tests/");
            string expected = folder.Split('/', 2)[1].Replace('/', '.');
            if (!match.Success || match.Groups[1].Value != expected)
                wrong.Add($"{path}: {(match.Success ? match.Groups[1].Value : "none")}, expected {expected}");
        }

        AssertNone(wrong);
    }

    [Fact]
    public void A_file_holds_one_type_of_its_name()
    {
        var wrong = new List<string>();
        foreach (string path in Repository.Sources.Where(static path => !IsWithoutNamespace(path)))
        {
            string[] types = TypeLine().Matches(Repository.Read(path))
                .Select(static match => match.Groups[1].Value)
                .ToArray();
            string name = Path.GetFileName(path).Split('.')[0];
            if (types.Length != 1 || types[0] != name)
                wrong.Add($"{path}: {string.Join(", ", types)}");
        }

        AssertNone(wrong);
    }

    /// <summary>The D-Bus interface is called Manager; the classes that show it have their name from there.</summary>
    [Fact]
    public void No_type_has_an_empty_name()
    {
        var wrong = new List<string>();
        foreach (string path in Repository.Sources.Where(IsSource))
        {
            foreach (Match match in AnyType().Matches(Repository.Read(path)))
            {
                string name = match.Groups[1].Value;
                bool bus = path.StartsWith("src/PressureD.Systemd/Bus/Manager", StringComparison.Ordinal);
                if (EmptyName().IsMatch(name) && !bus && name != "IServiceManager")
                    wrong.Add($"{path}: {name}");
            }
        }

        AssertNone(wrong);
    }

    [Fact]
    public void Lines_are_no_longer_than_a_screen()
    {
        var wrong = new List<string>();
        // Tests quote what they give in and expect as it is, however long.
        foreach (string path in Repository.Sources.Where(IsSource))
        {
            string[] lines = Repository.Lines(path);
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].Length > MaxLine)
                    wrong.Add($"{path}:{i + 1}: {lines[i].Length}");
            }
        }

        AssertNone(wrong);
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        // Put together so that this file does not hold what it looks for.
        var leftover = new Regex(
            "\\b(TO" + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b|NotImpl" + "ementedException|\\((Skip|Timeout)\\s*=");
        var wrong = new List<string>();
        foreach (string path in Repository.Sources)
        {
            string[] lines = Repository.Lines(path);
            for (int i = 0; i < lines.Length; i++)
            {
                if (leftover.IsMatch(lines[i]))
                    wrong.Add($"{path}:{i + 1}: {lines[i].Trim()}");
            }
        }

        AssertNone(wrong);
    }

    [Theory]
    [InlineData("PressureD.Core")]
    [InlineData("PressureD.Simulation")]
    [InlineData("PressureD.Cli")]
    [InlineData("PressureD")]
    public void Only_the_rims_call_into_native_code(string project) =>
        AssertNone(Repository.Sources
            .Where(path => path.StartsWith($"src/{project}/", StringComparison.Ordinal))
            .Where(static path => NativeCall().IsMatch(Repository.Read(path))));

    [Fact]
    public void Waiting_in_tests_is_for_a_condition()
    {
        var sleep = new Regex("Thread\\.Sl" + "eep|Task\\.De" + "lay");
        AssertNone(Repository.Sources.Where(path => !IsSource(path) && sleep.IsMatch(Repository.Read(path))));
    }

    /// <summary>Programs of top-level statements and the attributes of an assembly.</summary>
    private static bool IsWithoutNamespace(string path) =>
        Path.GetFileName(path) is "Program.cs" or "AssemblyAttributes.cs";

    private static void AssertNone(IEnumerable<string> wrong)
    {
        string text = string.Join('\n', wrong);
        Assert.True(text.Length == 0, text);
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|private|static|sealed|abstract|partial|readonly|unsafe|ref) )*"
        + @"(?:class|struct|interface|enum|record(?: struct| class)?|delegate [\w<>\[\], ]+?) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record) (\w+)")]
    private static partial Regex AnyType();

    [GeneratedRegex("(Manager|Helper|Helpers|Utils|Util|Utilities)$|^Manager")]
    private static partial Regex EmptyName();

    [GeneratedRegex("DllImport|LibraryImport")]
    private static partial Regex NativeCall();
}
