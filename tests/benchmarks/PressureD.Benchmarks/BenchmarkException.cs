using System;

namespace PressureD.Benchmarks;

/// <summary>Nothing can be measured here; the message says why.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
