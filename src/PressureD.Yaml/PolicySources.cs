using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Policy;

namespace PressureD.Yaml;

/// <summary>The files of a policy, as they were when they were read.</summary>
public sealed class PolicySources
{
    internal PolicySources(
        IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files, IReadOnlyList<Diagnostic> obstacles)
    {
        Files = files;
        Obstacles = obstacles;
        Digest = DigestOf(files, obstacles);
    }

    /// <summary>Paths and contents, in the order in which they apply.</summary>
    public IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> Files { get; }

    /// <summary>Why what belongs to the policy could not be read; empty when all of it was.</summary>
    public IReadOnlyList<Diagnostic> Obstacles { get; }

    /// <summary>
    /// Tells whether two readings gave the same names with the same contents, and were kept from the same others.
    /// Nobody is kept out by it, so that a hash that can be forged will do.
    /// </summary>
    public ulong Digest { get; }

    private static ulong DigestOf(
        IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files, IReadOnlyList<Diagnostic> obstacles)
    {
        var hash = new RunningHash();
        foreach ((string name, ReadOnlyMemory<byte> content) in files)
        {
            // The lengths keep the end of one text and the start of the next apart.
            AddText(ref hash, name);
            hash.Add(content.Length);
            hash.Add(content.Span);
        }

        foreach (Diagnostic obstacle in obstacles)
            AddText(ref hash, obstacle.ToString());
        return hash.Value;
    }

    private static void AddText(ref RunningHash hash, string text)
    {
        hash.Add(text.Length);
        hash.Add(Encoding.UTF8.GetBytes(text));
    }
}
