using System;
using System.Collections.Generic;
using System.IO;

namespace PressureD.Cli.Scenarios;

/// <summary>Finds scenario files.</summary>
internal static class ScenarioPaths
{
    /// <summary>Files as they are given, and all *.yaml below folders, by name.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="missing">What is neither.</param>
    internal static List<string> Expand(IReadOnlyList<string> paths, List<string> missing)
    {
        List<string> files = [];
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                string[] found = Directory.GetFiles(path, "*.yaml", SearchOption.AllDirectories);
                Array.Sort(found, StringComparer.Ordinal);
                files.AddRange(found);
            }
            else if (File.Exists(path))
            {
                files.Add(path);
            }
            else
            {
                missing.Add(path);
            }
        }

        return files;
    }
}
