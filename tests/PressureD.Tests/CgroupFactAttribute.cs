namespace PressureD.Tests;

/// <summary>A test that needs cgroups of its own; without them it is skipped, with the reason.</summary>
internal sealed class CgroupFactAttribute : FactAttribute
{
    public CgroupFactAttribute() => Skip = OwnCgroups.Unusable();
}
