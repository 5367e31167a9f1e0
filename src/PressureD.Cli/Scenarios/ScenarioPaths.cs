using System;
using System.Collections.Generic;
using System.IO;
using PressureD.Cli.Commands;

namespace PressureD.Cli.Scenarios;

/// <summary>Finds scenario files.</summary>
internal static class ScenarioPaths
{
    /// <summary>Files as they are given, and all *.yaml below folders, by name.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="problems">What is neither, and folders that cannot be listed.</param>
    internal static List<string> Expand(IReadOnlyList<string> paths, List<string> problems)
    {
        List<string> files = [];
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                List<string> found = [];
                AddBelow(path, found, problems);
                found.Sort(StringComparer.Ordinal);
                files.AddRange(found);
            }
            else if (File.Exists(path))
            {
                files.Add(path);
            }
            else
            {
                problems.Add($"there is no {path}");
            }
        }

        return files;
    }

    /// <summary>A link to a folder is not followed: it may lead back, and what it leads to has a name of its own.
    /// </summary>
    private static void AddBelow(string folder, List<string> files, List<string> problems)
    {
        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                string path = Path.Combine(folder, entry.Name);
                if (!entry.Attributes.HasFlag(FileAttributes.Directory))
                {
                    if (entry.Name.EndsWith(".yaml", StringComparison.Ordinal))
                    {
                        files.Add(path);
                    }
                }
                else if (!entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                {
                    AddBelow(path, files, problems);
                }
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{folder} cannot be listed: {problem.InnerException?.Message ?? problem.Message}");
        }
    }
}
