using System;
using System.IO;

namespace PressureD.Yaml;

/// <summary>
/// Other names of systemd's units, from the links in its directories of unit files: <c>display-manager.service</c> is a
/// link to the unit that this machine's display manager has. The service manager is not asked: it may not be there yet.
/// </summary>
public sealed class UnitAliases
{
    private const int MaxLinks = 8;

    private static readonly string[] SystemDirectories =
    [
        "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient",
        "/run/systemd/generator.early", "/etc/systemd/system", "/run/systemd/system", "/run/systemd/generator",
        "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
        "/run/systemd/generator.late",
    ];

    private readonly string[] _directories;

    public UnitAliases() => _directories = SystemDirectories;

    /// <param name="directories">Where unit files are, the first that has a name wins.</param>
    public UnitAliases(params string[] directories) => _directories = directories;

    /// <summary>The unit that a name stands for; null when it is not another name of any.</summary>
    public string? Resolve(string name)
    {
        string resolved = name;
        for (int links = 0; links < MaxLinks && Target(resolved) is { } target; links++)
            resolved = target;
        return resolved == name ? null : resolved;
    }

    private string? Target(string name)
    {
        foreach (string directory in _directories)
        {
            try
            {
                var file = new FileInfo(Path.Combine(directory, name));
                if (file.LinkTarget is { } link)
                {
                    string target = Path.GetFileName(link);

                    // A link of its own name leads to where the file is; one to /dev/null masks the unit.
                    return target == name || !HasSuffixOf(name, target) ? null : target;
                }

                if (file.Exists)
                    return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A directory that cannot be read has no names for us.
            }
        }

        return null;
    }

    private static bool HasSuffixOf(string name, string target) =>
        string.Equals(Path.GetExtension(name), Path.GetExtension(target), StringComparison.Ordinal);
}
