namespace PressureD.Core.Cgroups;

/// <summary>What a cgroup's attributes say of it as a victim.</summary>
internal enum OomdPreference
{
    None,
    Prefer,
    Avoid,
    Omit,
}
