using System;
using System.Collections.Generic;
using System.Text;

namespace PressureD.Core.Policy;

/// <summary>Says why a policy has no rule of a name: somebody switched it off, or it was meant otherwise.</summary>
public static class AbsentRule
{
    /// <summary>More names than these are left to <c>pressurectl rules</c>.</summary>
    private const int MaxListed = 300;

    /// <summary>One sentence with its remedy.</summary>
    /// <param name="policy">What was looked through.</param>
    /// <param name="where">What to call it: "the policy in force".</param>
    /// <param name="name">What somebody asked for; not a rule that runs.</param>
    public static string Say(PolicySet policy, string where, string name)
    {
        foreach (SwitchedOffRule off in policy.SwitchedOff)
        {
            if (off.Name == name)
            {
                return $"the rule '{name}' ({Place(off.Position)}) is switched off by '{off.By}' at {Place(off.At)}; "
                    + "to have it again, take that out there and reload";
            }
        }

        string[] names = Array.ConvertAll(policy.Rules, static rule => rule.Name);
        var known = new List<string>(names);
        foreach (SwitchedOffRule off in policy.SwitchedOff)
            known.Add(off.Name);
        string meant = Suggestion.DidYouMean(name, known);
        return $"{where} has no rule {Quoted.Of(name)}{(meant.Length > 0 ? meant : ".")} {List(names)}";
    }

    private static string Place(SourcePosition at) => at.Line == 0 ? at.File : $"{at.File}:{at.Line}";

    private static string List(string[] names)
    {
        if (names.Length == 0)
            return "It has no rules at all";
        var text = new StringBuilder("Its rules: ");
        for (int i = 0; i < names.Length; i++)
        {
            if (i > 0 && text.Length + names[i].Length > MaxListed)
                return text.Append($" and {names.Length - i} more").ToString();
            text.Append(i > 0 ? ", " : "").Append(names[i]);
        }

        return text.ToString();
    }
}
