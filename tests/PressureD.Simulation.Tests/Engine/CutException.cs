using System;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>The daemon was killed here.</summary>
internal sealed class CutException : Exception;
