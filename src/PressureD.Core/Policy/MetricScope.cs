namespace PressureD.Core.Policy;

/// <summary>Whose value a metric is.</summary>
public enum MetricScope
{
    /// <summary>The machine's alone (mem.*, swap.*): the same with and without <c>host.</c> before it.</summary>
    Host,

    /// <summary>A cgroup's alone (memory.current): an error in a rule without <c>for-each</c>.</summary>
    Cgroup,

    /// <summary>
    /// Both have it (psi.*): the match's in a rule with <c>for-each</c>, the machine's otherwise or after <c>host.</c>
    /// </summary>
    Either,
}
