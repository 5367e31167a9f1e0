namespace PressureD.Core.Policy;

/// <summary>
/// Which of the extended attributes <c>oomd_prefer</c>, <c>oomd_avoid</c> and <c>oomd_omit</c> of cgroups count, both
/// those of <c>user.</c> and of <c>trusted.</c>: a policy of the cgroup's own, as systemd's ManagedOOMPreference sets.
/// </summary>
public enum OomdXattrs
{
    /// <summary>
    /// As systemd-oomd: those of root's cgroups, and those that belong to the owner of the rule's match. A user cannot
    /// spare himself where all users are compared. To be preferred, everybody may ask.
    /// </summary>
    Owner,

    /// <summary>Those of every cgroup, whoever owns it.</summary>
    All,

    /// <summary>None.</summary>
    Ignore,
}
