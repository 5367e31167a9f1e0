using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Simulation.Scenarios;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>The cgroups that a scenario's machine has at some time, with all above them.</summary>
internal sealed class KnownCgroups
{
    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal) { "/" };

    /// <summary>
    /// Whether they are all known. Where what makes one is wrong itself, nothing is said of who names it.
    /// </summary>
    public bool AreComplete { get; set; } = true;

    public void Add(string path)
    {
        for (; path.Length > 1 && _paths.Add(path); path = path[..path.LastIndexOf('/')]) ;
    }

    public void Add(ScenarioProcess process)
    {
        for (var number = 1; number <= process.Count; number++)
            Add(process.Options.Cgroup.Replace(
                "{n}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    public bool Has(string path) => !AreComplete || _paths.Contains(path);

    /// <summary>Whether a pattern can match one of them.</summary>
    public bool HasAny(CgroupPattern pattern)
    {
        foreach (var path in _paths)
            if (pattern.IsMatch(Encoding.UTF8.GetBytes(path[1..]))) return true;
        return !AreComplete;
    }

    /// <summary>"; did you mean 'x'?" or nothing.</summary>
    public string DidYouMean(string path)
    {
        var names = new List<string>();
        foreach (var known in _paths) names.Add(known[1..]);
        return Suggestion.DidYouMean(path[1..], names);
    }
}
