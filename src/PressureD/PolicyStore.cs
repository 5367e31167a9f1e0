using System;
using System.Collections.Generic;
using System.IO;
using PressureD.Yaml;

namespace PressureD;

/// <summary>Reads the policy, and keeps the last good one for a start with a bad one.</summary>
internal static class PolicyStore
{
    private static string LastGood => Path.Combine(RuntimePaths.State, "last-good");

    /// <summary>The policy on disk, or, when it has errors, the last good one.</summary>
    public static LoadedPolicy LoadForStart(string? config)
    {
        PolicyResult result = PolicyFiles.Read(config);
        if (result.Policy is not null || !Directory.Exists(LastGood))
            return Loaded(result);
        PolicyResult kept = PolicyFiles.Read(LastGood);
        return new LoadedPolicy(
            kept.Policy,
            [.. result.Diagnostics, .. kept.Diagnostics],
            "the policy on disk has errors: the last good one, kept in " + LastGood + ", is in force")
        {
            Sources = kept.Sources,
            OnDisk = result.Sources.Digest,
            AutoReloadUsec = kept.AutoReloadUsec,
        };
    }

    /// <summary>The policy on disk; none when it has errors, for then the one in force stays.</summary>
    public static LoadedPolicy LoadForReload(string? config) => Loaded(PolicyFiles.Read(config));

    /// <summary>Keeps what a policy without errors was read from, for later starts.</summary>
    /// <returns>Null, or why it could not be kept.</returns>
    public static string? Keep(PolicySources sources)
    {
        if (sources.Files.Count > 0 && sources.Files[0].Name.StartsWith(LastGood, StringComparison.Ordinal))
            return null;
        try
        {
            string fresh = LastGood + ".new";
            string old = LastGood + ".old";
            Remove(fresh);
            Directory.CreateDirectory(Path.Combine(fresh, PolicyFiles.DropInDirectory));
            for (int i = 0; i < sources.Files.Count; i++)
            {
                string name = i == 0
                    ? PolicyFiles.MainName
                    : Path.Combine(PolicyFiles.DropInDirectory, $"{i:0000}.yaml");
                string target = Path.Combine(fresh, name);
                File.WriteAllBytes(target, sources.Files[i].Content.Span);
                File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            Remove(old);
            if (Directory.Exists(LastGood))
                Directory.Move(LastGood, old);
            Directory.Move(fresh, LastGood);
            Remove(old);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the policy could not be kept for later starts: {e.Message}";
        }
    }

    private static LoadedPolicy Loaded(PolicyResult result) => new(result.Policy, result.Diagnostics, null)
    {
        Sources = result.Sources,
        OnDisk = result.Sources.Digest,
        AutoReloadUsec = result.AutoReloadUsec,
    };

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }
}
