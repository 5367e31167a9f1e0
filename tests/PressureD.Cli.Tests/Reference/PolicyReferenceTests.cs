using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using PressureD.Cli.Reference;
using PressureD.Yaml;

namespace PressureD.Cli.Tests.Reference;

/// <summary>The page about the language says what the reader does.</summary>
public sealed class PolicyReferenceTests
{
    [Theory]
    [InlineData("policy-language.md")]
    [InlineData("simulation.md")]
    public void The_page_is_up_to_date(string name)
    {
        string path = Repository.PathOf("docs", name);
        string text = File.ReadAllText(path);
        Assert.Contains("<!-- generated: ", text);
        Assert.True(text == PolicyReference.Update(text), $"make it anew: pressurectl docs {path}");
    }

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

    /// <summary>What their manuals say can be set of when they act and whom they take.</summary>
    [Theory]
    [InlineData("earlyoom", "-m -s -M -S -n -N -P -g -r -p --prefer --avoid --ignore --ignore-root-user --sort-by-rss --kernel-oom --dryrun")]
    [InlineData("nohang", "warning_threshold_min_mem warning_threshold_min_swap warning_threshold_max_zram warning_threshold_max_psi "
        + "soft_threshold_min_mem soft_threshold_min_swap soft_threshold_max_zram soft_threshold_max_psi "
        + "hard_threshold_min_mem hard_threshold_min_swap hard_threshold_max_zram hard_threshold_max_psi "
        + "psi_metrics psi_path psi_excess_duration psi_post_action_delay min_post_warning_delay max_soft_exit_time min_badness "
        + "ignore_positive_oom_score_adj warning_exe post_kill_exe exe_timeout fill_rate_mem max_sleep victim_cache_time "
        + "@BADNESS_ADJ_RE_NAME @BADNESS_ADJ_RE_CGROUP_V1 @BADNESS_ADJ_RE_CGROUP_V2 @BADNESS_ADJ_RE_UID "
        + "@BADNESS_ADJ_RE_REALPATH @BADNESS_ADJ_RE_CWD @BADNESS_ADJ_RE_CMDLINE @BADNESS_ADJ_RE_ENVIRON @SOFT_ACTION_RE_NAME")]
    [InlineData("systemd-oomd", "SwapUsedLimit DefaultMemoryPressureLimit DefaultMemoryPressureDurationSec ManagedOOMSwap "
        + "ManagedOOMMemoryPressure ManagedOOMMemoryPressureLimit ManagedOOMPreference MemoryPressureAbove SwapUsageMax "
        + "LastingSec Action=kill-all Action=kill-by-pgscan kill-by-swap PrekillHookTimeoutSec")]
    public void Every_setting_of_another_killer_has_a_row(string killer, string settings)
    {
        string section = Page.Text.Split($"### {killer}\n")[1].Split("\n### ")[0];
        IEnumerable<string> rows = section.Split('\n').Where(line => line.StartsWith("| "));
        string there = string.Join('\n', rows.Select(row => row[..row.IndexOf(" | ", System.StringComparison.Ordinal)]));
        Assert.All(settings.Split(' '), setting => Assert.Matches($"`{Regex.Escape(setting)}[ =,`]", there));
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
        !code.StartsWith("pressured ") && !code.StartsWith("pressurectl ") && (code.StartsWith('{') || code.Contains(' ') || code.Contains('('));

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
