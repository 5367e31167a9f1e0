namespace PressureD.Tests;

/// <summary>Tests that measure the machine: no other runs meanwhile.</summary>
[CollectionDefinition(nameof(MeasuredCollection), DisableParallelization = true)]
public sealed class MeasuredCollection;
