using System;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;

namespace PressureD.Core.Sampling;

/// <summary>
/// Whether block devices turn: asked once for each, when it first appears in somebody's io.stat.
/// </summary>
internal sealed class IoDevices
{
    /// <summary>More devices than this count as flash; a machine has few that cgroups are charged for.</summary>
    private const int MaxDevices = 64;

    private readonly long[] _numbers = new long[MaxDevices];
    private readonly bool[] _turn = new bool[MaxDevices];
    private readonly byte[] _buffer = new byte[16];
    private readonly TextBuffer _path = new(64);
    private int _count;

    /// <summary>Whether it is a hard disk, by <c>queue/rotational</c>; what has no such file counts as flash.</summary>
    public bool Turns(IKernel kernel, int major, int minor)
    {
        long number = ((long)major << 32) | (uint)minor;
        for (int i = 0; i < _count; i++)
        {
            if (_numbers[i] == number)
                return _turn[i];
        }

        if (_count == MaxDevices)
            return false;
        _numbers[_count] = number;
        return _turn[_count++] = Ask(kernel, major, minor);
    }

    private bool Ask(IKernel kernel, int major, int minor)
    {
        _path.Clear().Append("/sys/dev/block/"u8).Append(major).Append(":"u8).Append(minor)
            .Append("/queue/rotational"u8);
        HeldFile.Open(kernel, KernelDirectory.None, _path.Span, out HeldFile file);
        ReadOnlySpan<byte> text = file.Read(kernel, _buffer, out _);
        bool turns = !text.IsEmpty && text[0] == (byte)'1';
        file.Close(kernel);
        return turns;
    }
}
