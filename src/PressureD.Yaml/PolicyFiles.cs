using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Yaml.Interop;

namespace PressureD.Yaml;

/// <summary>
/// Finds and opens policy files: <c>pressured.yaml</c> and then <c>policies.d/*.yaml</c> in the order of their names'
/// bytes. Each comes from the first of /etc, /run and /usr/lib that has a file of its name, which hides those beneath;
/// a link to /dev/null hides them and adds nothing.
/// </summary>
public sealed class PolicyFiles
{
    public const string MainName = "pressured.yaml";

    public const string DropInDirectory = "policies.d";

    /// <summary>The policy of the distribution, which others change.</summary>
    internal const string ShippedPath = "/usr/lib/pressured/" + MainName;

    private const int MaxEntries = 4096;

    /// <summary>Links that lead on to links; the kernel follows as many (MAXSYMLINKS).</summary>
    private const int MostLinks = 40;

    /// <summary>Whoever runs us, this one is the daemon's: the service manager makes it for its user.</summary>
    private const string OfService = "/run/pressured";

    private readonly DiagnosticBag _diagnostics = new();
    private readonly List<(string Name, ReadOnlyMemory<byte> Content)> _files = [];
    private readonly IReadOnlyList<string> _roots;
    private readonly uint _ourselves = Libc.EffectiveUser();
    private long _bytes;

    private PolicyFiles(IReadOnlyList<string> roots) => _roots = roots;

    /// <summary>Where files are looked for, the strongest first.</summary>
    public static IReadOnlyList<string> DefaultRoots { get; } =
        ["/etc/pressured", "/run/pressured", "/usr/lib/pressured"];

    /// <summary>Reads the whole policy.</summary>
    /// <param name="path">
    /// A file that is the whole policy, or a directory in the place of all the others; null for the usual ones.
    /// </param>
    public static PolicyResult Read(string? path = null) => Gather(path).Finish();

    /// <summary>Reads the whole policy from directories.</summary>
    /// <param name="roots">The strongest first.</param>
    public static PolicyResult Read(IReadOnlyList<string> roots) => Gather(roots).Finish();

    /// <summary>Reads a policy that is these files, in this order.</summary>
    public static PolicyResult ReadFiles(IReadOnlyList<string> paths)
    {
        var files = new PolicyFiles([]);
        foreach (string path in paths)
            files.Take(path, mayBeMasked: false);
        return files.Finish();
    }

    /// <summary>Reads the files as <see cref="Read(string?)"/> would, and does not look into them.</summary>
    public static PolicySources Find(string? path) => Gather(path).Sources();

    /// <summary>
    /// Every path on which it depends what is read: files, whether they are there or not, and directories.
    /// </summary>
    internal static List<string> Places(string? path)
    {
        if (path is not null && !Directory.Exists(path))
            return [path];
        var places = new List<string>();
        var files = new PolicyFiles(path is null ? DefaultRoots : [path]);
        SortedSet<string> dropIns = files.DropIns();
        foreach (string root in files._roots)
        {
            places.Add(Path.Combine(root, MainName));
            places.Add(Path.Combine(root, DropInDirectory));
            foreach (string name in dropIns)
                places.Add(Path.Combine(root, DropInDirectory, name));
        }

        return places;
    }

    /// <summary>Directories on whose owner and mode it depends whether what is read is trusted.</summary>
    internal static IEnumerable<string> Holders(string? path) => Places(path).SelectMany(HoldersOf).Distinct();

    /// <summary>
    /// The directories in which something else could be put in the way of a path: those of the links that it leads
    /// over, that of what it leads to, and where that is one of drop-ins the one above it.
    /// </summary>
    private static List<string> HoldersOf(string path)
    {
        var holders = new List<string>();
        var ahead = new Stack<string>();
        string at = "/";
        string? target = Path.Combine(Environment.CurrentDirectory, path);
        for (int links = 0; target is not null && links <= MostLinks; links++)
        {
            if (target.StartsWith('/'))
                at = "/";
            foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                ahead.Push(part);
            target = null;
            while (target is null && ahead.TryPop(out string? name))
            {
                string next = name == ".." ? Path.GetDirectoryName(at) ?? "/" : Path.Combine(at, name);
                if (name is "." or "..")
                {
                    at = name == "." ? at : next;
                    continue;
                }

                target = LinkTarget(next);
                if (target is not null || ahead.Count == 0)
                    holders.Add(at);
                at = target is null ? next : at;
            }
        }

        if (holders.Count > 0 && Path.GetFileName(holders[^1]) == DropInDirectory)
            holders.Add(DirectoryOf(holders[^1]));
        return holders;
    }

    private static PolicyFiles Gather(string? path)
    {
        if (path is null)
            return Gather(DefaultRoots);
        if (Directory.Exists(path))
            return Gather([path]);
        var files = new PolicyFiles([]);
        files.Take(path, mayBeMasked: false);
        return files;
    }

    private static PolicyFiles Gather(IReadOnlyList<string> roots)
    {
        var files = new PolicyFiles(roots);
        foreach (string root in roots)
            files.FailWhereHidden(root);
        files.TakeFirst(MainName);
        foreach (string name in files.DropIns())
            files.TakeFirst(Path.Combine(DropInDirectory, name));
        if (files._files.Count == 0 && !files._diagnostics.HasErrors)
        {
            string places = string.Join(", ", roots);
            files.Fail(MainName, $"no policy file, expected {MainName} or {DropInDirectory}/*.yaml in {places}");
        }

        return files;
    }

    private PolicyResult Finish() => PolicyReader.Read(
        Sources(), new PasswdUsers().Find, _diagnostics, new UnitAliases().Resolve, BasePolicy());

    private PolicySources Sources() => new(
        _files, [.. _diagnostics.Sorted([]).Where(static found => found.Severity == DiagnosticSeverity.Error)]);

    /// <summary>What drop-ins on this machine change.</summary>
    private static string BasePolicy()
    {
        foreach (string root in DefaultRoots)
        {
            string path = Path.Combine(root, MainName);
            if (File.Exists(path))
                return path;
        }

        return ShippedPath;
    }

    /// <summary>Takes the file of that name in the strongest directory that has it.</summary>
    private void TakeFirst(string name)
    {
        foreach (string root in _roots)
        {
            string path = Path.Combine(root, name);
            if (!Exists(path))
                continue;
            Take(path, mayBeMasked: true);
            return;
        }
    }

    /// <summary>
    /// What is in a directory that may not be searched is not absent: its policy would be dropped in silence.
    /// </summary>
    private void FailWhereHidden(string root)
    {
        int error = Libc.Identify(Path.Combine(root, "."), out _);
        if (error is not (0 or -Errno.ENOENT or -Errno.ENOTDIR))
        {
            Fail(
                root,
                $"cannot be searched: {Marshal.GetPInvokeErrorMessage(-error)}; remedy: chmod a+rx {root}, or be root");
        }
    }

    private static bool Exists(string path) => Path.Exists(path) || LinkTarget(path) is not null;

    private static string? LinkTarget(string path) => path.Length == 0 ? null : new FileInfo(path).LinkTarget;

    private SortedSet<string> DropIns()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string root in _roots)
        {
            string directory = Path.Combine(root, DropInDirectory);
            try
            {
                if (Directory.Exists(directory))
                    AddNames(directory, names);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Fail(directory, $"cannot be listed: {e.Message}; remedy: chmod a+rx {directory}");
            }
        }

        return names;
    }

    private void AddNames(string directory, SortedSet<string> names)
    {
        int entries = 0;
        foreach (string path in Directory.EnumerateFileSystemEntries(directory))
        {
            if (++entries > MaxEntries)
            {
                Fail(
                    directory,
                    $"more than {MaxEntries} files, expected at most {PolicyLimits.Files}: join some of them");
                return;
            }

            string name = Path.GetFileName(path);
            if (name.StartsWith('.'))
                continue;
            if (name.EndsWith(".yaml", StringComparison.Ordinal))
                names.Add(name);
            else if (name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
                _diagnostics.Warning(
                    new SourcePosition(path, 0, 0),
                    $"not read: the name of a policy ends in .yaml; remedy: mv {path} "
                    + $"{Path.ChangeExtension(path, "yaml")}");
        }
    }

    private void Take(string path, bool mayBeMasked)
    {
        // Asked for before it is opened: opening a pipe would wait for its other end.
        int error = Libc.Identify(path, out FileIdentity identity);
        if (error != 0)
        {
            Fail(
                path,
                error != -Errno.ENOENT ? $"cannot be read: {Marshal.GetPInvokeErrorMessage(-error)}"
                    : LinkTarget(path) is { } target ? $"links to '{target}', which does not exist"
                    : $"does not exist, expected a policy's file or a directory with {MainName}{Meant(path)}");
            return;
        }

        if (!identity.IsRegular)
        {
            if (!mayBeMasked || !IsNullDevice(path))
                Fail(path, $"is {(identity.IsDirectory ? "a directory" : "no regular file")}, expected a file");
            return;
        }

        try
        {
            const FileShare withoutLock = FileShare.ReadWrite | FileShare.Delete;
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, withoutLock);
            if (Libc.Identify(handle, out identity) == 0 && IsTrusted(path, identity))
                Keep(path, handle);
        }
        catch (UnauthorizedAccessException)
        {
            Fail(path, $"cannot be read: Permission denied; remedy: chmod a+r {path}, or read it as root");
        }
        catch (IOException e)
        {
            Fail(path, $"cannot be read: {e.Message}");
        }
    }

    private void Keep(string path, Microsoft.Win32.SafeHandles.SafeFileHandle handle)
    {
        if (_files.Count == PolicyLimits.Files)
        {
            Fail(path, $"one policy file too many, expected at most {PolicyLimits.Files}: join some of them");
            return;
        }

        byte[] buffer = new byte[Math.Min(RandomAccess.GetLength(handle), PolicyLimits.FileBytes) + 1];
        int length = 0;
        int got;
        while (length < buffer.Length && (got = RandomAccess.Read(handle, buffer.AsSpan(length), length)) > 0)
            length += got;
        _bytes += length;
        if (length > PolicyLimits.FileBytes)
            Fail(path, $"more than {PolicyLimits.FileBytes} bytes, expected at most that: split it");
        else if (length == buffer.Length)
            Fail(path, "has grown while it was read; write it under another name and rename it");
        else if (_bytes > PolicyLimits.TotalBytes)
            Fail(
                path,
                $"more than {PolicyLimits.TotalBytes} bytes in all policy files together, expected at most that: leave "
                + "out what is not used");
        else
            _files.Add((path, buffer.AsMemory(0, length)));
    }

    /// <summary>
    /// A policy decides who dies, so that nobody but root, or whoever we run as, may write it, or put another one in
    /// its place.
    /// </summary>
    private bool IsTrusted(string path, FileIdentity identity)
    {
        if (identity.IsWritableByMore)
            return Fail(path, $"writable by more than its owner; remedy: chmod go-w {path}");
        if (identity.Owner != 0 && identity.Owner != _ourselves)
            return Fail(path, $"owned by user {identity.Owner}, expected root; remedy: chown root {path}");

        return HoldersOf(path).All(directory => IsTrustedDirectory(path, directory));
    }

    private bool IsTrustedDirectory(string path, string directory)
    {
        int error = Libc.Identify(directory, out FileIdentity identity);
        if (error != 0)
        {
            return Fail(
                path,
                $"its directory {directory} cannot be looked at: {Marshal.GetPInvokeErrorMessage(-error)}");
        }

        if (identity.LetsOthersReplace)
        {
            return Fail(
                path,
                $"others than its owner can replace it, for its directory is open; remedy: chmod go-w {directory}");
        }

        return identity.Owner == 0 || identity.Owner == _ourselves || IsWithin(OfService, directory)
            || Fail(
                path,
                $"user {identity.Owner} can replace it, whose its directory is, expected root; "
                    + $"remedy: chown root {directory}");
    }

    private static bool IsWithin(string above, string directory) =>
        directory == above || directory.StartsWith(above + "/", StringComparison.Ordinal);

    /// <summary>"; did you mean 'x'?": a file beside it whose name is nearly the same.</summary>
    private static string Meant(string path)
    {
        try
        {
            var names = new List<string>();
            foreach (string known in Directory.EnumerateFileSystemEntries(DirectoryOf(path)))
            {
                if (names.Count == MaxEntries)
                    break;
                names.Add(Path.GetFileName(known));
            }

            return Suggestion.DidYouMean(Path.GetFileName(path), names);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // An empty path has no full one, and names nothing.
    private static string DirectoryOf(string path) =>
        path.Length == 0 ? "/" : Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";

    private static bool IsNullDevice(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName == "/dev/null";
        }
        catch (IOException)
        {
            return false;
        }
    }

    private bool Fail(string path, string message)
    {
        _diagnostics.Error(new SourcePosition(path, 0, 0), message);
        return false;
    }
}
