namespace PressureD.Tests;

/// <summary>A test that needs cgroups of its own; without them it is skipped, with the reason.</summary>
internal sealed class CgroupFactAttribute : FactAttribute
{
    /// <param name="memory">Whether they must tell what they hold.</param>
    public CgroupFactAttribute(bool memory = false) =>
        Skip = OwnCgroups.Unusable() ?? (memory ? OwnCgroups.WithoutMemory() : null);
}
