using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using PressureD.Core.Policy;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Policies;

namespace PressureD.Yaml;

/// <summary>
/// Reads policies from bytes. Touches nothing outside; <see cref="PolicyFiles"/> finds and opens files.
/// </summary>
public static class PolicyReader
{
    /// <param name="files">Their names, for messages, and contents, in the order in which they apply.</param>
    /// <param name="findUser">
    /// A user's number by name, null when there is none; left out, only numbers are understood.
    /// </param>
    /// <param name="resolveUnit">The unit that another name stands for; left out, every name is a unit's own.</param>
    public static PolicyResult Read(
        IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files,
        Func<string, uint?>? findUser = null,
        Func<string, string?>? resolveUnit = null) =>
        Read(new PolicySources(files, []), findUser ?? (static _ => null), new DiagnosticBag(), resolveUnit);

    /// <summary>Reads what could be opened, and adds to what was wrong with the rest.</summary>
    internal static PolicyResult Read(
        PolicySources sources,
        Func<string, uint?> findUser,
        DiagnosticBag diagnostics,
        Func<string, string?>? resolveUnit = null,
        string basePolicy = PolicyFiles.ShippedPath)
    {
        IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files = sources.Files;
        string[] names = new string[files.Count];
        for (int i = 0; i < files.Count; i++)
            names[i] = files[i].Name;
        PolicySet? policy = null;
        long autoReloadUsec = 0;
        if (files.Count > 0 && IsWithinLimits(files, diagnostics))
        {
            var context = new ReadContext(diagnostics, findUser, resolveUnit);
            bool someAreMissing = sources.Obstacles.Count > 0;
            policy = ReadFiles(
                files, names, context, someAreMissing, CheckCommand(names, basePolicy), ref autoReloadUsec);
        }
        else if (!diagnostics.HasErrors)
        {
            diagnostics.Error(new SourcePosition("policy", 0, 0), "no policy file, expected at least one");
        }

        return new PolicyResult(diagnostics.HasErrors ? null : policy, diagnostics.Sorted(names))
        {
            Sources = sources,
            AutoReloadUsec = autoReloadUsec,
        };
    }

    private static PolicySet? ReadFiles(
        IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files,
        string[] names,
        ReadContext context,
        bool someAreMissing,
        string? checkCommand,
        ref long autoReloadUsec)
    {
        var rules = new RuleTable(context.Diagnostics, checkCommand) { MissesRules = someAreMissing };
        var protect = new List<Matcher>();
        var avoid = new List<Matcher>();
        var swapLimits = new List<SwapLimit>();
        int? swappiness = null;
        int killsPerMinute = PolicySet.DefaultKillsPerMinute;
        long incidentBytes = PolicySet.DefaultIncidentBytes;
        int futileKills = PolicySet.DefaultFutileKills;
        foreach ((string name, ReadOnlyMemory<byte> content) in files)
        {
            var text = YamlText.Decode(name, content.Span, context.Diagnostics);
            if (text is null || YamlDocumentReader.Read(text, context.Diagnostics) is not { } root)
            {
                rules.MissesRules = true;
                continue;
            }

            PolicyConfig config = PolicyConfigReader.Read(root, context);
            killsPerMinute = config.KillsPerMinute ?? killsPerMinute;
            incidentBytes = config.IncidentBytes ?? incidentBytes;
            autoReloadUsec = config.AutoReloadUsec ?? autoReloadUsec;
            futileKills = config.FutileKills ?? futileKills;
            protect.AddRange(config.Protect);
            swapLimits.AddRange(config.SwapLimits);
            swappiness = config.Swappiness ?? swappiness;
            avoid.AddRange(config.Avoid);
            foreach (RuleConfig rule in config.Rules)
                rules.Apply(rule);
        }

        var swap = new SwapRules { Swappiness = swappiness, Cgroups = [.. swapLimits] };
        List<RuleSource> sources = rules.Build([.. protect], [.. avoid]);
        CheckCount(rules, swap, names, context.Diagnostics);
        return PolicyCompiler.Compile(
            sources,
            killsPerMinute,
            names,
            context.Diagnostics,
            swap,
            incidentBytes,
            futileKills,
            protect);
    }

    /// <summary>
    /// Checks files that only change a policy together with it; null when the policy itself is one of them.
    /// </summary>
    private static string? CheckCommand(IReadOnlyList<string> names, string basePolicy)
    {
        var command = new StringBuilder("pressurectl check ").Append(basePolicy);
        foreach (string name in names)
        {
            if (Path.GetFileName(name) == PolicyFiles.MainName)
                return null;
            command.Append(' ').Append(name.Contains(' ') ? $"'{name}'" : name);
        }

        return command.ToString();
    }

    private static bool IsWithinLimits(
        IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files, DiagnosticBag diagnostics)
    {
        long total = 0;
        foreach ((_, ReadOnlyMemory<byte> content) in files)
            total += content.Length;
        string? wrong = files.Count > PolicyLimits.Files
            ? $"{files.Count} policy files, expected at most {PolicyLimits.Files}: join some of them"
            : total > PolicyLimits.TotalBytes
            ? $"{total} bytes in all files, expected at most {PolicyLimits.TotalBytes}: leave out what is not used"
            : null;
        if (wrong is null)
            return true;
        diagnostics.Error(new SourcePosition(files[^1].Name, 0, 0), wrong);
        return false;
    }

    private static void CheckCount(RuleTable rules, SwapRules swap, string[] names, DiagnosticBag diagnostics)
    {
        var whole = new SourcePosition(names[0], 0, 0);
        bool isEmpty = rules.Count == 0 && swap.Swappiness is null && swap.Cgroups.IsEmpty;
        if (isEmpty && !diagnostics.HasErrors)
        {
            diagnostics.Error(
                whole,
                "neither rules nor swap limits, so that nothing would ever be done; expected 'rules:' with at least "
                + "one");
        }

        if (rules.Count > PolicyLimits.Rules)
            diagnostics.Error(
                whole,
                $"{rules.Count} rules in all files, expected at most {PolicyLimits.Rules}: one with 'for-each' "
                + "watches many cgroups");
    }
}
