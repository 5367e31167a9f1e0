namespace PressureD.Cli.Top;

/// <summary>What the cgroups are sorted by: the name from a to z, everything else from the largest down.</summary>
internal enum TopColumn
{
    Name,
    Memory,
    Growth,
    Swap,
    Some,
    Full,
}
