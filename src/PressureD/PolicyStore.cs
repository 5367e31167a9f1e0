using System;
using System.Collections.Generic;
using System.IO;
using PressureD.Core.Policy;
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
        if (result.Policy is not null)
            return new LoadedPolicy(result.Policy, result.Diagnostics, null);
        if (!Directory.Exists(LastGood))
            return new LoadedPolicy(null, result.Diagnostics, null);
        PolicyResult kept = PolicyFiles.Read(LastGood);
        return new LoadedPolicy(
            kept.Policy,
            [.. result.Diagnostics, .. kept.Diagnostics],
            "the policy on disk has errors: the last good one, kept in " + LastGood + ", is in force");
    }

    /// <summary>The policy on disk; none when it has errors, for then the one in force stays.</summary>
    public static LoadedPolicy LoadForReload(string? config)
    {
        PolicyResult result = PolicyFiles.Read(config);
        return new LoadedPolicy(result.Policy, result.Diagnostics, null);
    }

    /// <summary>Keeps a policy that was read without errors, for later starts.</summary>
    /// <returns>Null, or why it could not be kept.</returns>
    public static string? Keep(PolicySet policy)
    {
        if (policy.Files.Length > 0 && policy.Files[0].StartsWith(LastGood, StringComparison.Ordinal))
            return null;
        try
        {
            string fresh = LastGood + ".new";
            string old = LastGood + ".old";
            Remove(fresh);
            Directory.CreateDirectory(Path.Combine(fresh, PolicyFiles.DropInDirectory));
            for (int i = 0; i < policy.Files.Length; i++)
            {
                string name = i == 0
                    ? PolicyFiles.MainName
                    : Path.Combine(PolicyFiles.DropInDirectory, $"{i:0000}.yaml");
                string target = Path.Combine(fresh, name);
                File.Copy(policy.Files[i], target, overwrite: true);
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

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }
}
