using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace PressureD.Cli;

/// <summary>The presets that come with the product, as this program carries them.</summary>
internal static class Presets
{
    private const string Folder = "presets/";
    private const string Extension = ".yaml";

    /// <summary>What they are called, in alphabetical order.</summary>
    internal static IReadOnlyList<string> Names { get; } = typeof(Presets).Assembly.GetManifestResourceNames()
        .Where(static name => name.StartsWith(Folder, StringComparison.Ordinal))
        .Select(static name => name[Folder.Length..^Extension.Length])
        .Order(StringComparer.Ordinal)
        .ToArray();

    /// <summary>A preset by its name, or null.</summary>
    internal static (string Name, ReadOnlyMemory<byte> Content)? Find(string name)
    {
        string file = Folder + name + Extension;
        using Stream? stream = typeof(Presets).Assembly.GetManifestResourceStream(file);
        if (stream is null)
        {
            return null;
        }

        using MemoryStream content = new();
        stream.CopyTo(content);
        return (file, content.ToArray());
    }
}
