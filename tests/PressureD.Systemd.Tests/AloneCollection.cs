namespace PressureD.Systemd.Tests;

/// <summary>Tests that change what belongs to the whole process: no other test runs meanwhile.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
