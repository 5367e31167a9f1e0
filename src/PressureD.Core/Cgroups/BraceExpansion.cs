using System;
using System.Collections.Generic;

namespace PressureD.Core.Cgroups;

/// <summary>Turns <c>a{b,c}d</c> into <c>abd</c> and <c>acd</c>.</summary>
internal static class BraceExpansion
{
    /// <summary>More than any policy means; an exponential pattern ends here instead of in all our memory.</summary>
    public const int MaxAlternatives = 64;

    /// <exception cref="FormatException">
    /// Braces do not match, or there are more than <see cref="MaxAlternatives"/>.
    /// </exception>
    public static List<string> Expand(string text)
    {
        var pending = new List<string> { text };
        for (int i = 0; i < pending.Count;)
        {
            string item = pending[i];
            int open = item.LastIndexOf('{');
            int close = open < 0 ? item.IndexOf('}') : item.IndexOf('}', open);
            if (open < 0 && close < 0)
            {
                i++;
                continue;
            }

            if (open < 0 || close < 0)
                throw new FormatException("has braces that do not match, expected alternatives such as {a,b}");
            pending.RemoveAt(i);
            foreach (string part in item[(open + 1)..close].Split(','))
                pending.Insert(i, item[..open] + part + item[(close + 1)..]);
            if (pending.Count > MaxAlternatives)
                throw new FormatException($"has more than {MaxAlternatives} alternatives, expected at most that; "
                    + "'*' is any name");
        }

        return pending;
    }
}
