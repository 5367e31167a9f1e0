using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Yaml;

namespace PressureD;

/// <summary>Reads the policy, and keeps the last good one for a start with a bad one.</summary>
internal static class PolicyStore
{
    /// <summary>
    /// The policy on disk, or, when it has errors, the last good one, if that was read from the same place: who names a
    /// file does not want another one's rules.
    /// </summary>
    public static LoadedPolicy LoadForStart(string? config)
    {
        PolicyResult result = PolicyFiles.Read(config);
        string lastGood = LastGood(config);
        if (result.Policy is not null || !Directory.Exists(lastGood))
            return Loaded(result);
        PolicyResult kept = PolicyFiles.Read(lastGood);
        return new LoadedPolicy(
            kept.Policy,
            [.. result.Diagnostics, .. kept.Diagnostics],
            "the policy on disk has errors: the last good one, kept in " + lastGood + ", is in force")
        {
            Sources = kept.Sources,
            OnDisk = result.Sources.Digest,
            AutoReloadUsec = kept.AutoReloadUsec,
        };
    }

    /// <summary>The policy on disk; none when it has errors, for then the one in force stays.</summary>
    public static LoadedPolicy LoadForReload(string? config) => Loaded(PolicyFiles.Read(config));

    /// <summary>Keeps what a policy without errors was read from, for later starts.</summary>
    /// <param name="config">The place it was read from; null for the usual ones.</param>
    /// <param name="sources">The files.</param>
    /// <returns>Null, or why it could not be kept.</returns>
    public static string? Keep(string? config, PolicySources sources)
    {
        string lastGood = LastGood(config);
        if (sources.Files.Count > 0 && sources.Files[0].Name.StartsWith(lastGood, StringComparison.Ordinal))
            return null;
        try
        {
            string fresh = lastGood + ".new";
            string old = lastGood + ".old";
            Remove(fresh);
            Make(fresh);
            Make(Path.Combine(fresh, PolicyFiles.DropInDirectory));
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
            if (Directory.Exists(lastGood))
                Directory.Move(lastGood, old);
            Directory.Move(fresh, lastGood);
            Remove(old);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the policy could not be kept for later starts: {e.Message}";
        }
    }

    /// <summary>Each place has its own, so that what somebody tries by hand does not displace the service's.</summary>
    private static string LastGood(string? config)
    {
        string usual = Path.Combine(RuntimePaths.State, "last-good");
        if (config is null)
            return usual;
        return $"{usual}-{PathHash.Of(Encoding.UTF8.GetBytes(Path.GetFullPath(config))):x16}";
    }

    private static LoadedPolicy Loaded(PolicyResult result) => new(result.Policy, result.Diagnostics, null)
    {
        Sources = result.Sources,
        OnDisk = result.Sources.Digest,
        AutoReloadUsec = result.AutoReloadUsec,
    };

    /// <summary>Whatever the umask is: a policy in a directory that others may write is not read again.</summary>
    private static void Make(string directory) => Directory.CreateDirectory(
        directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }
}
