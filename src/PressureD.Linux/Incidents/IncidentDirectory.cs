using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace PressureD.Linux.Incidents;

/// <summary>
/// Incidents on disk: one file each, a JSON object on a line, within a limit. A file has its name only once it is
/// whole, so that a reader never sees half of one; after a loss of power the newest may be missing or cut off, and a
/// reader passes over what it cannot read.
/// </summary>
/// <remarks>
/// What acted is flushed to the disk (fsync) before it has its name; what only told is left to the kernel. When the
/// limit is reached the oldest go first; those that only told may take a quarter of it, so that a rule that warns all
/// day leaves the kills of last week alone. One thread writes; others may read meanwhile.
/// </remarks>
public sealed class IncidentDirectory
{
    /// <summary>How the name of a file ends.</summary>
    internal const string Suffix = ".json";

    /// <summary>How it ends when nothing was done but to say something.</summary>
    internal const string MinorSuffix = ".minor.json";

    private const string HalfSuffix = ".new";

    /// <summary>A file takes whole blocks.</summary>
    private const long BlockBytes = 4096;

    /// <summary>What is in there is not for everybody, whatever the directory's mode is.</summary>
    private static readonly FileStreamOptions ForOwnerAlone = new()
    {
        Mode = FileMode.Create,
        Access = FileAccess.Write,
        Share = FileShare.Read,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };

    private readonly string _path;
    private readonly List<IncidentFile> _files = [];
    private readonly Lock _changing = new();

    /// <param name="path">The directory; it is made when something is written.</param>
    public IncidentDirectory(string path) => _path = path;

    /// <summary>
    /// What is kept, the oldest first, as <see cref="Scan"/> found it and <see cref="Write"/> left it. Only for the
    /// thread that calls these.
    /// </summary>
    public IReadOnlyList<IncidentFile> Files => _files;

    /// <summary>The number of the newest; 0 when there is none.</summary>
    public long LastId => _files.Count == 0 ? 0 : _files[^1].Id;

    /// <summary>The newest of what is kept, the newest first. Any thread.</summary>
    /// <param name="id">None of this number or a greater one.</param>
    /// <param name="files">Gets as many as there is room for.</param>
    /// <returns>How many.</returns>
    public int NewestBefore(long id, Span<IncidentFile> files)
    {
        lock (_changing)
        {
            int count = 0;
            for (int i = _files.Count - 1; i >= 0 && count < files.Length; i--)
            {
                if (_files[i].Id < id)
                    files[count++] = _files[i];
            }

            return count;
        }
    }

    /// <summary>Looks at what is there, and removes what an earlier writer left half written.</summary>
    /// <param name="mayChange">False for a reader.</param>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">We may not look.</exception>
    public void Scan(bool mayChange)
    {
        _files.Clear();
        var directory = new DirectoryInfo(_path);
        if (!directory.Exists)
            return;
        foreach (FileInfo file in directory.EnumerateFiles())
        {
            if (TryParse(file.Name, out long id, out bool isMinor))
                _files.Add(new IncidentFile(id, isMinor, OnDisk(file.Length)));
            else if (mayChange && file.Name.EndsWith(HalfSuffix, StringComparison.Ordinal))
                file.Delete();
        }

        _files.Sort(static (a, b) => (a.Id, a.IsMinor).CompareTo((b.Id, b.IsMinor)));
        DropReplaced(mayChange);
    }

    /// <summary>A writer that was killed between a new file and the end of the one it replaces leaves both.</summary>
    private void DropReplaced(bool mayChange)
    {
        for (int i = _files.Count - 1; i > 0; i--)
        {
            if (_files[i].Id != _files[i - 1].Id)
                continue;
            if (mayChange)
                File.Delete(Path.Combine(_path, _files[i].Name));
            _files.RemoveAt(i);
        }
    }

    /// <summary>Keeps one more, after making room for it.</summary>
    /// <param name="id">Its number; what was kept of it before is replaced once this is whole.</param>
    /// <param name="isMinor">Whether nothing was done but to say something.</param>
    /// <param name="content">The whole file.</param>
    /// <param name="limitBytes">What all may take; 0 keeps none.</param>
    /// <returns>Whether it is kept: it may be larger than the limit.</returns>
    /// <exception cref="IOException">It could not be written; nothing half is left.</exception>
    /// <exception cref="UnauthorizedAccessException">We may not write there.</exception>
    public bool Write(long id, bool isMinor, ReadOnlySpan<byte> content, long limitBytes)
    {
        var file = new IncidentFile(id, isMinor, OnDisk(content.Length));
        MakeRoom(file, limitBytes);
        if (limitBytes < file.Bytes)
        {
            Forget(id);
            return false;
        }

        Directory.CreateDirectory(
            _path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string target = Path.Combine(_path, file.Name);
        string half = target + HalfSuffix;
        try
        {
            using (var stream = new FileStream(half, ForOwnerAlone))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: !isMinor);
            }

            File.Move(half, target, overwrite: true);
        }
        catch (IOException)
        {
            // A full disk leaves an empty or cut file, which would take what little there is.
            File.Delete(half);
            throw;
        }

        Replace(file);
        return true;
    }

    /// <summary>Gives the oldest up, whatever it is, because the disk is full.</summary>
    /// <param name="spared">Not the one of this number, which is to be replaced.</param>
    /// <returns>Whether there was one.</returns>
    public bool DropOldest(long spared)
    {
        int oldest = _files.Count > 0 && _files[0].Id == spared ? 1 : 0;
        if (oldest >= _files.Count)
            return false;
        Remove(oldest);
        return true;
    }

    /// <summary>Reads one, or its beginning. Any thread.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="content">Gets as much as there is room for.</param>
    /// <returns>How many bytes; 0 when it is not kept, any more or at all; negative when it cannot be read.</returns>
    public int Read(long id, Span<byte> content)
    {
        int length = Read(new IncidentFile(id, false, 0), content);
        return length == 0 ? Read(new IncidentFile(id, true, 0), content) : length;
    }

    /// <inheritdoc cref="Read(long, Span{byte})"/>
    /// <param name="file">Which one.</param>
    /// <param name="content">Gets as much as there is room for.</param>
    public int Read(in IncidentFile file, Span<byte> content)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(Path.Combine(_path, file.Name));
            int length = 0;
            while (length < content.Length)
            {
                int more = RandomAccess.Read(handle, content[length..], length);
                if (more == 0)
                    break;
                length += more;
            }

            return length;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return -1;
        }
    }

    private static long OnDisk(long bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    private static bool TryParse(string name, out long id, out bool isMinor)
    {
        isMinor = name.EndsWith(MinorSuffix, StringComparison.Ordinal);
        int length = name.Length - (isMinor ? MinorSuffix : Suffix).Length;
        id = 0;
        return name.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, length), NumberStyles.None, CultureInfo.InvariantCulture, out id)
            && name == new IncidentFile(id, isMinor, 0).Name;
    }

    /// <summary>What is kept of the same incident already goes only once its successor is whole.</summary>
    private void MakeRoom(in IncidentFile file, long limitBytes)
    {
        long all = file.Bytes;
        long minor = file.IsMinor ? file.Bytes : 0;
        foreach (IncidentFile kept in _files)
        {
            if (kept.Id == file.Id)
                continue;
            all += kept.Bytes;
            minor += kept.IsMinor ? kept.Bytes : 0;
        }

        for (int i = 0; i < _files.Count && minor > limitBytes / 4;)
        {
            if (!_files[i].IsMinor || _files[i].Id == file.Id)
            {
                i++;
                continue;
            }

            minor -= _files[i].Bytes;
            all -= _files[i].Bytes;
            Remove(i);
        }

        for (int i = 0; i < _files.Count && all > limitBytes;)
        {
            if (_files[i].Id == file.Id)
            {
                i++;
                continue;
            }

            all -= _files[i].Bytes;
            Remove(i);
        }
    }

    /// <summary>Puts a file in its place, and removes the one that it replaces.</summary>
    private void Replace(in IncidentFile file)
    {
        int earlier = IndexOf(file.Id);
        if (earlier >= 0)
        {
            // One that turned out to be more than words has another name.
            if (_files[earlier].Name != file.Name)
                File.Delete(Path.Combine(_path, _files[earlier].Name));
            lock (_changing)
            {
                _files[earlier] = file;
            }

            return;
        }

        // One that went on for long is complete after others that began later.
        int at = _files.Count;
        while (at > 0 && _files[at - 1].Id > file.Id)
            at--;
        lock (_changing)
        {
            _files.Insert(at, file);
        }
    }

    private void Forget(long id)
    {
        int index = IndexOf(id);
        if (index >= 0)
            Remove(index);
    }

    private int IndexOf(long id)
    {
        for (int i = _files.Count - 1; i >= 0; i--)
        {
            if (_files[i].Id == id)
                return i;
        }

        return -1;
    }

    private void Remove(int index)
    {
        File.Delete(Path.Combine(_path, _files[index].Name));
        lock (_changing)
        {
            _files.RemoveAt(index);
        }
    }
}
