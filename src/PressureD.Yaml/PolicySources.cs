using System;
using System.Collections.Generic;
using System.Text;

namespace PressureD.Yaml;

/// <summary>The files of a policy, as they were when they were read.</summary>
public sealed class PolicySources
{
    internal PolicySources(IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files)
    {
        Files = files;
        Digest = DigestOf(files);
    }

    /// <summary>Paths and contents, in the order in which they apply.</summary>
    public IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> Files { get; }

    /// <summary>
    /// Tells whether two readings gave the same names with the same contents. Files that could not be read do not count
    /// as there. Nobody is kept out by it, so that a hash that can be forged will do.
    /// </summary>
    public ulong Digest { get; }

    private static ulong DigestOf(IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files)
    {
        var hash = new RunningHash();
        foreach ((string name, ReadOnlyMemory<byte> content) in files)
        {
            // The lengths keep the end of one text and the start of the next apart.
            hash.Add(name.Length);
            hash.Add(Encoding.UTF8.GetBytes(name));
            hash.Add(content.Length);
            hash.Add(content.Span);
        }

        return hash.Value;
    }
}
