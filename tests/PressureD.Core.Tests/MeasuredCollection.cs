namespace PressureD.Core.Tests;

/// <summary>
/// Tests that count what their thread allocates run alone: what a collection for another thread takes from it counts,
/// too.
/// </summary>
[CollectionDefinition(nameof(MeasuredCollection), DisableParallelization = true)]
public sealed class MeasuredCollection;
