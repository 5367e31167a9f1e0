using System;
using System.Collections.Generic;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>What a policy is called in a scenario and on a command line.</summary>
public static class PolicyNames
{
    public const string Shipped = "shipped";
    public const string None = "none";

    /// <summary>
    /// Whether it names a preset, which lies on top of the shipped policy: one word, where files have an extension or a
    /// folder.
    /// </summary>
    public static bool IsPreset(string name) =>
        name is not (Shipped or None) && name.AsSpan().IndexOfAny('.', '/') < 0;

    /// <summary>Adds the layers of a name; a preset's lie on the shipped policy, which is there once.</summary>
    /// <param name="layers">The layers so far.</param>
    /// <param name="name">What is written.</param>
    /// <param name="find">The content of "shipped", a preset or a file; null: there is none.</param>
    /// <returns>Whether there is such a policy.</returns>
    public static bool AddTo(
        List<(string Name, ReadOnlyMemory<byte> Content)> layers,
        string name,
        Func<string, (string Name, ReadOnlyMemory<byte> Content)?> find)
    {
        if (find(name) is not { } found) return false;
        if (IsPreset(name) && find(Shipped) is { } shipped && !Has(layers, shipped.Name)) layers.Add(shipped);
        layers.Add(found);
        return true;
    }

    private static bool Has(List<(string Name, ReadOnlyMemory<byte> Content)> layers, string name)
    {
        foreach (var layer in layers)
            if (layer.Name == name) return true;
        return false;
    }
}
