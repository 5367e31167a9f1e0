using System;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>One process under examination: what matchers look at, read once per examination.</summary>
internal sealed class Subject
{
    private readonly IKernel _kernel;

    // The path of each hierarchy can be PATH_MAX long, and there is one for each controller and some by name.
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(64 * 1024);
    private readonly byte[] _cgroup = new byte[8 * 1024];
    private readonly char[] _comm = new char[64];
    private readonly char[] _words = GC.AllocateUninitializedArray<char>(4096);
    private int _cgroupLength;
    private int _commLength;
    private readonly byte[] _commBytes = new byte[64];
    private int _commBytesLength;

    public Subject(IKernel kernel) => _kernel = kernel;

    public int Pid { get; private set; }

    public uint Uid { get; set; }

    /// <summary>As it was read last, by whoever asks matchers.</summary>
    public int OomScoreAdj { get; set; }

    public ProcessStat Stat { get; private set; }

    /// <summary>Whether <see cref="Stat"/> is known.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Whether something is known of where it is.</summary>
    public bool HasCgroup { get; private set; }

    /// <summary>
    /// Its cgroup has a path longer than the kernel tells: PATH_MAX (proc_cgroup_show answers ENAMETOOLONG). Users can
    /// make such, so it must protect nobody; no pattern matches it.
    /// </summary>
    public bool IsTooDeep { get; private set; }

    /// <summary>
    /// Its cgroup without a leading slash; systemd's own hierarchy where there is no cgroup2. Of a path that is too
    /// long it is the beginning, up to a whole component.
    /// </summary>
    public ReadOnlySpan<byte> Cgroup => _cgroup.AsSpan(0, _cgroupLength);

    /// <summary>The raw comm.</summary>
    public ReadOnlySpan<byte> Comm => _commBytes.AsSpan(0, _commBytesLength);

    /// <summary>The comm as text; each byte that is not ASCII is one character, which patterns see as such.</summary>
    public ReadOnlySpan<char> CommText => _comm.AsSpan(0, _commLength);

    /// <summary>Takes what a scan found, and reads nothing; <see cref="Stat"/> is not known then.</summary>
    public void Take(in ProcessEntry entry, ReadOnlySpan<byte> cgroup)
    {
        Pid = entry.Pid;
        Uid = entry.Uid;
        OomScoreAdj = entry.OomScoreAdj;
        Stat = default;
        IsRead = false;
        TakeComm(((ReadOnlySpan<byte>)entry.Comm)[..entry.CommLength]);
        HasCgroup = entry.HasCgroup;
        IsTooDeep = entry.IsTooDeep;
        cgroup.CopyTo(_cgroup);
        _cgroupLength = cgroup.Length;
    }

    /// <summary>Reads stat and cgroup of a process.</summary>
    /// <returns>
    /// 0, or a negative errno: ESRCH or ENOENT when it is gone, another one when it cannot be read; stat is known all
    /// the same when it is the cgroup that cannot be at this moment.
    /// </returns>
    public int Load(int pid, uint uid)
    {
        Pid = pid;
        Uid = uid;
        TakeComm(default);
        _cgroupLength = 0;
        HasCgroup = IsTooDeep = false;
        int result = StatFile.Read(_kernel, pid, _buffer, out ProcessStat stat);
        Stat = stat;
        IsRead = result >= 0;
        if (!IsRead)
            return result;
        TakeComm(_buffer.AsSpan(stat.CommOffset, stat.CommLength));
        result = LoadCgroup(pid);
        return Errno.IsPassing(result) ? result : 0;
    }

    /// <summary>Arguments as one text, a space in place of each NUL but those at the end.</summary>
    /// <param name="arguments">Each ended by NUL. Good until it is asked again.</param>
    public ReadOnlySpan<char> WordsOf(ReadOnlySpan<char> arguments) =>
        _words.AsSpan(0, ProcessText.CopyArguments(arguments, _words));

    /// <summary>Reads the cgroup of a process alone: <see cref="Cgroup"/> and <see cref="HasCgroup"/>.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int LoadCgroup(int pid)
    {
        int length = _kernel.ReadProcess(pid, ProcessFile.Cgroup, _buffer);
        IsTooDeep = length == -Errno.ENAMETOOLONG;
        _cgroupLength = 0;
        HasCgroup = IsTooDeep;
        if (length < 0)
            return length;
        if (!TryFindCgroup(_buffer.AsSpan(0, length), out ReadOnlySpan<byte> path))
            return length > 0 && length < _buffer.Length && _buffer[length - 1] != (byte)'\n' ? -Errno.EIO : 0;
        if (path.Length > _cgroup.Length)
            path = WholeComponents(path[.._cgroup.Length]);
        path.CopyTo(_cgroup);
        _cgroupLength = path.Length;
        HasCgroup = true;
        return 0;
    }

    private void TakeComm(ReadOnlySpan<byte> comm)
    {
        _commBytesLength = Math.Min(comm.Length, _commBytes.Length);
        comm[.._commBytesLength].CopyTo(_commBytes);
        _commLength = _commBytesLength;
        for (int i = 0; i < _commLength; i++)
            _comm[i] = (char)comm[i];
    }

    private static ReadOnlySpan<byte> WholeComponents(ReadOnlySpan<byte> path) =>
        path[..Math.Max(path.LastIndexOf((byte)'/'), 0)];

    private bool TryFindCgroup(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> path)
    {
        // The kernel adds " (deleted)" for tasks of a removed cgroup only, but a user may name a cgroup like that: a
        // process that lives is where its line says, and never hides by a name.
        bool found = TryFindLine(text, "0::/"u8, skipNumber: false, out path);
        if (found && _kernel.Features.Cgroups == CgroupMode.Unified)
            return true;

        // Beside v1 hierarchies systemd keeps its units in a hierarchy of its own, by name, and possibly there alone.
        bool elsewhere = !found || path.IsEmpty;
        if (elsewhere && TryFindLine(text, "name=systemd:/"u8, skipNumber: true, out ReadOnlySpan<byte> named))
        {
            path = named;
            return true;
        }

        return found;
    }

    private bool TryFindLine(
        ReadOnlySpan<byte> text, ReadOnlySpan<byte> start, bool skipNumber, out ReadOnlySpan<byte> rest)
    {
        int total = text.Length;
        while (!text.IsEmpty)
        {
            // A line without its end is cut off, and would be the path of another cgroup: it counts only where it is
            // too long for us, and then up to its last whole component.
            int end = text.IndexOf((byte)'\n');
            if (end < 0 && total < _buffer.Length)
                break;
            ReadOnlySpan<byte> line = end < 0 ? WholeComponents(text) : text[..end];
            if (skipNumber)
                line = line[(line.IndexOf((byte)':') + 1)..];
            if (line.StartsWith(start))
            {
                rest = line[start.Length..];
                return true;
            }

            text = end < 0 ? default : text[(end + 1)..];
        }

        rest = default;
        return false;
    }
}
