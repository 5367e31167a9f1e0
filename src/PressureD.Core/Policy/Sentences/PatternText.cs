using PressureD.Core.Cgroups;

namespace PressureD.Core.Policy.Sentences;

/// <summary>Says which cgroups a pattern means.</summary>
internal static class PatternText
{
    private const string Below = "/**";

    /// <summary>Whether it names a single cgroup.</summary>
    public static bool IsOne(CgroupPattern pattern) => pattern.Text.IndexOfAny(['*', '?', '{']) < 0;

    /// <summary>"any cgroup", "the cgroups below system.slice"; null is the match.</summary>
    public static string Of(CgroupPattern? pattern)
    {
        if (pattern is null)
            return "it";
        string text = pattern.Text;
        if (text == "**")
            return "any cgroup";
        if (text == "./**")
            return "the cgroups below it";
        if (IsOne(pattern))
            return text;
        return text.EndsWith(Below, System.StringComparison.Ordinal)
            ? $"the cgroups below {text[..^Below.Length]}"
            : $"the cgroups {text}";
    }

    /// <summary>
    /// Where a cgroup is, in words that follow it: " below system.slice"; nothing when it may be any.
    /// </summary>
    public static string Place(CgroupPattern pattern)
    {
        if (pattern.Text == "**")
            return "";
        const string all = "the cgroups ";
        string of = Of(pattern);
        string which = of.StartsWith(all, System.StringComparison.Ordinal) ? of[all.Length..] : of;
        return which.StartsWith("below ", System.StringComparison.Ordinal) ? $" {which}" : $" of {which}";
    }
}
