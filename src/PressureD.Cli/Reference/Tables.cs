using System.Collections.Generic;
using PressureD.Yaml.Schema;

namespace PressureD.Cli.Reference;

/// <summary>The tables of the policy language in the order in which somebody reads a policy.</summary>
internal static class Tables
{
    /// <summary>Every table that a key of this one leads to, each once, without the table itself.</summary>
    internal static List<KeyTable> Below(KeyTable top)
    {
        var found = new List<KeyTable>();
        Add(top, found);
        return found;
    }

    private static void Add(KeyTable table, List<KeyTable> found)
    {
        foreach (KeySpec key in table.Keys)
        {
            if (key.Table is not { } inner || found.Contains(inner))
                continue;
            found.Add(inner);
            Add(inner, found);
        }
    }
}
