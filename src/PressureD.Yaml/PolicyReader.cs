using System;
using System.Collections.Generic;
using PressureD.Core.Policy;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Policies;

namespace PressureD.Yaml;

/// <summary>Reads policies from bytes. Touches nothing outside.</summary>
public static class PolicyReader
{
    /// <param name="files">Their names, for messages, and contents, in the order in which they apply.</param>
    /// <param name="findUser">A user's number by name, null when there is none; left out, only numbers are understood.</param>
    public static PolicyResult Read(
        IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files, Func<string, uint?>? findUser = null)
    {
        var diagnostics = new DiagnosticBag();
        var names = new string[files.Count];
        for (int i = 0; i < files.Count; i++)
            names[i] = files[i].Name;
        PolicySet? policy = IsWithinLimits(files, diagnostics)
            ? Read(files, names, new ReadContext(diagnostics, findUser ?? (static _ => null)))
            : null;
        return new PolicyResult(diagnostics.HasErrors ? null : policy, diagnostics.Sorted(names));
    }

    private static PolicySet? Read(
        IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files, string[] names, ReadContext context)
    {
        var rules = new RuleTable(context.Diagnostics);
        var protect = new List<Matcher>();
        int killsPerMinute = PolicySet.DefaultKillsPerMinute;
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
            protect.AddRange(config.Protect);
            foreach (RuleConfig rule in config.Rules)
                rules.Apply(rule);
        }

        CheckCount(rules, names, context.Diagnostics);
        return PolicyCompiler.Compile(rules.Build(protect), killsPerMinute, names, context.Diagnostics);
    }

    private static bool IsWithinLimits(
        IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files, DiagnosticBag diagnostics)
    {
        long total = 0;
        foreach ((_, ReadOnlyMemory<byte> content) in files)
            total += content.Length;
        string? wrong = files.Count == 0 ? "no policy file"
            : files.Count > PolicyLimits.Files ? $"{files.Count} policy files, expected at most {PolicyLimits.Files}"
            : total > PolicyLimits.TotalBytes ? $"{total} bytes in all files, expected at most {PolicyLimits.TotalBytes}"
            : null;
        if (wrong is null)
            return true;
        diagnostics.Error(new SourcePosition(files.Count == 0 ? "policy" : files[^1].Name, 0, 0), wrong);
        return false;
    }

    private static void CheckCount(RuleTable rules, string[] names, DiagnosticBag diagnostics)
    {
        var whole = new SourcePosition(names[0], 0, 0);
        if (rules.Count == 0 && !diagnostics.HasErrors)
            diagnostics.Error(whole, "no rules, so that nothing would ever be done; expected 'rules:' with at least one");
        if (rules.Count > PolicyLimits.Rules)
            diagnostics.Error(whole, $"{rules.Count} rules in all files, expected at most {PolicyLimits.Rules}");
    }
}
