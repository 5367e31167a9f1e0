using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>The processes of one cgroup, gone through one by one as its cgroup.procs lists them.</summary>
internal sealed class MemberList
{
    /// <summary>
    /// Room for 130,000 processes: more than a fork bomb gets below the default limits of tasks. What a list does not
    /// need of it is never touched, and so never resident.
    /// </summary>
    private const int Bytes = 1 << 20;

    private readonly IKernel _kernel;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(Bytes);
    private int _length;
    private int _position;

    public MemberList(IKernel kernel) => _kernel = kernel;

    /// <summary>Whether there may be more processes than the list holds, or its end was cut off.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Reads the list of a cgroup.</summary>
    /// <returns>
    /// 0, or a negative errno. EOPNOTSUPP: the cgroup is threaded, and its processes are listed by the one above it
    /// that is the root of the threaded tree.
    /// </returns>
    public int Open(CgroupSlot cgroup) => Open(cgroup.Directory);

    /// <inheritdoc cref="Open(CgroupSlot)"/>
    public int Open(int directory)
    {
        _length = 0;
        _position = 0;
        IsTruncated = false;
        int file = _kernel.OpenFile(directory, "cgroup.procs"u8);
        if (file < 0)
            return file;
        int length = _kernel.Read(file, _buffer);
        _kernel.Close(file);
        if (length < 0)
            return length;
        _length = length;
        IsTruncated = length == _buffer.Length || (length > 0 && _buffer[length - 1] != (byte)'\n');
        return 0;
    }

    /// <summary>Takes the next process: 0 stands for one of a pid namespace that cannot be seen from here.</summary>
    public bool TryNext(out int pid)
    {
        while (_position < _length)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_position, _length - _position);
            int end = rest.IndexOf((byte)'\n');
            _position = end < 0 ? _length : _position + end + 1;

            // A line without its end may have been cut off, and would be another process.
            if (end < 0)
                break;
            var cursor = new TextCursor(rest[..end]);
            if (!cursor.TryNumber(out long number) || !cursor.Rest.IsEmpty || number is < 0 or > int.MaxValue)
                continue;
            pid = (int)number;
            return true;
        }

        pid = 0;
        return false;
    }
}
