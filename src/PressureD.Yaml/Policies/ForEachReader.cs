using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Schema;

namespace PressureD.Yaml.Policies;

/// <summary>Reads <c>for-each</c>: a pattern, or a mapping with a pattern and an extended attribute.</summary>
internal static class ForEachReader
{
    /// <summary>As long as the kernel allows (XATTR_NAME_MAX).</summary>
    private const int MaxName = 255;

    /// <summary>
    /// Nulls for what is not there. Those that cannot be read are cgroups all the same: what is asked of a match is no
    /// further mistake.
    /// </summary>
    public static (CgroupPattern? Pattern, XattrFilter? Xattr) Read(Fields rule, DiagnosticBag diagnostics)
    {
        if (rule.Node("for-each") is not YamlMapping mapping
            || Fields.Open(mapping, PolicySchema.ForEach, diagnostics) is not { } fields)
        {
            return (rule.PatternOrAny("for-each", mayBeBelowMatch: false), null);
        }

        fields.Require("cgroup", mapping.Position, "a cgroup pattern such as \"user.slice/**\"");
        CgroupPattern pattern = fields.Pattern("cgroup", mayBeBelowMatch: false) ?? new CgroupPattern("**");
        XattrFilter? xattr = Xattr(fields);
        if (fields.Failed)
            rule.MarkFailed();
        return (pattern, xattr);
    }

    private static XattrFilter? Xattr(Fields fields)
    {
        const string expected = "user.NAME or trusted.NAME";
        YamlScalar? name = fields.Scalar("xattr", expected);
        YamlScalar? value = fields.Scalar("value", "a text");
        if (value is not null && !fields.Has("xattr"))
            fields.Fail(value.Position, "'value' without 'xattr', expected the attribute that has it");
        if (value is not null && Encoding.UTF8.GetByteCount(value.Value) > XattrFilter.MaxValueBytes)
            fields.Fail(
                value.Position, $"'value' is longer than {XattrFilter.MaxValueBytes} bytes, expected at most that");
        if (name is null)
            return null;
        bool known = HasPrefix(name.Value, "user.") || HasPrefix(name.Value, "trusted.");
        if (known && !name.Value.Contains('\0') && Encoding.UTF8.GetByteCount(name.Value) <= MaxName)
            return new XattrFilter(name.Value, value?.Value);
        fields.Fail(name.Position, $"'xattr' is {Fields.Shown(name)}, expected {expected}");
        return null;
    }

    private static bool HasPrefix(string name, string prefix) =>
        name.StartsWith(prefix, System.StringComparison.Ordinal) && name.Length > prefix.Length;
}
