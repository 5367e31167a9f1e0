using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PressureD.Cli.Reference;
using PressureD.Yaml;

namespace PressureD.Cli.Tests.Reference;

/// <summary>The page about the language says what the reader does.</summary>
public sealed class PolicyReferenceTests
{
    [Fact]
    public void The_page_is_up_to_date() => Assert.True(
        Page.Text == PolicyReference.Update(Page.Text), $"make it anew: pressurectl docs {Page.Path}");

    [Fact]
    public void The_hidden_command_writes_it()
    {
        string copy = Path.GetTempFileName();
        try
        {
            File.WriteAllText(copy, "# A page\n<!-- generated: units -->\nold\n<!-- end -->\nthe rest\n");
            Assert.Equal(0, CommandRun.Of("docs", copy).ExitCode);
            string text = File.ReadAllText(copy);
            Assert.Contains("| duration | `ms`, `s`, `min`, `h` | `10s` |", text);
            Assert.EndsWith("<!-- end -->\nthe rest\n", text);
            Assert.DoesNotContain("old", text);

            File.WriteAllText(copy, "<!-- generated: nonsense -->\n<!-- end -->\n");
            CommandRun wrong = CommandRun.Of("docs", copy);
            Assert.Equal((1, true), (wrong.ExitCode, wrong.Error.Contains("no generated part 'nonsense'")));
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>Read on top of the shipped policy, since an example may change its rules.</summary>
    [Fact]
    public void Every_example_is_a_policy()
    {
        Assert.NotEmpty(Page.Examples());
        foreach (string example in Page.Examples())
            Assert.Empty(AssertReads(example).Diagnostics);
    }

    [Fact]
    public void Every_equivalent_of_another_killer_is_one()
    {
        List<string> equivalents = Page.Equivalents();
        Assert.True(equivalents.Count > 20);
        foreach (string code in equivalents.Where(IsPolicyText))
            AssertReads(AsPolicy(code));
    }

    /// <summary>What "oomd --list-plugins" prints, and the one that is built on request.</summary>
    [Theory]
    [InlineData("continue")]
    [InlineData("stop")]
    [InlineData("exists")]
    [InlineData("pressure_above")]
    [InlineData("pressure_rising_beyond")]
    [InlineData("memory_above")]
    [InlineData("memory_reclaim")]
    [InlineData("swap_free")]
    [InlineData("nr_dying_descendants")]
    [InlineData("dump_cgroup_overview")]
    [InlineData("senpai")]
    [InlineData("kill_by_memory_size_or_growth")]
    [InlineData("kill_by_swap_usage")]
    [InlineData("kill_by_pressure")]
    [InlineData("kill_by_io_cost")]
    [InlineData("kill_by_pg_scan")]
    [InlineData("systemd_restart")]
    [InlineData("prekill_hooks")]
    public void Every_plugin_of_oomd_has_a_row(string plugin)
    {
        string table = Page.Text[Page.Text.IndexOf("### oomd\n", System.StringComparison.Ordinal)..];
        Assert.Contains($"\n| `{plugin}`", table);
    }

    public static TheoryData<string> CatalogExamples()
    {
        var examples = new TheoryData<string>();
        foreach (PressureD.Core.Policy.ConditionFunction function in PressureD.Core.Policy.FunctionCatalog.All)
            examples.Add(function.Example);
        foreach (PressureD.Core.Policy.ConditionOperator row in PressureD.Core.Policy.OperatorCatalog.All)
            examples.Add(row.Example);
        return examples;
    }

    [Theory]
    [MemberData(nameof(CatalogExamples))]
    public void Every_example_of_a_function_or_operator_compiles(string condition) => AssertReads(
        $"rules: [ {{ name: a, for-each: a.slice, when: '{condition}', then: [ {{ log: x }} ] }} ]");

    /// <summary>A rule, an action or a condition; single words only name something.</summary>
    private static bool IsPolicyText(string code) =>
        !code.StartsWith("pressured ") && (code.StartsWith('{') || code.Contains(' ') || code.Contains('('));

    private static string AsPolicy(string code)
    {
        if (!code.StartsWith('{'))
            return $"rules: [ {{ name: a, when: '{code}', then: [ {{ log: x }} ] }} ]";
        if (!code.Contains("when:"))
            return $"rules: [ {{ name: a, when: mem.free < 1GiB, cooldown: 1s, then: [ {code} ] }} ]";
        string then = code.Contains("then:") || code.Contains("extend:") ? "" : ", then: [ { log: x } ]";
        string name = code.Contains("extend:") ? "swap-thrash" : "a";
        return $"rules: [ {{ name: {name}, {code.Trim('{', '}', ' ')}{(code.Contains("then:") ? Closing(code) : "")}{then} }} ]";
    }

    /// <summary>What trimming took from the end of nested braces.</summary>
    private static string Closing(string code)
    {
        string inner = code.Trim('{', '}', ' ');
        return new string('}', inner.Count(c => c == '{') - inner.Count(c => c == '}'));
    }

    private static PolicyResult AssertReads(string policy)
    {
        byte[] shipped = File.ReadAllBytes(Repository.PathOf("config", "pressured.yaml"));
        PolicyResult result = PolicyReader.Read([("shipped", shipped), ("example", Encoding.UTF8.GetBytes(policy))]);
        Assert.True(result.Policy is not null, $"{policy}\n{string.Join('\n', result.Diagnostics)}");
        return result;
    }
}
