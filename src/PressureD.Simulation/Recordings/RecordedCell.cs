using System;

namespace PressureD.Simulation.Recordings;

/// <summary>What a recorder wrote last of one file.</summary>
internal sealed class RecordedCell(string key)
{
    private byte[] _content = [];
    private int _length;

    public string Key { get; } = key;

    /// <summary>Its number in the frames since the last whole one; −1: it is in none.</summary>
    public int Number { get; set; } = -1;

    /// <summary>The error number that reading it gave, positive, or 0.</summary>
    public int Errno { get; private set; }

    public ReadOnlySpan<byte> Content => _content.AsSpan(0, _length);

    public void Keep(ReadOnlySpan<byte> content)
    {
        if (_content.Length < content.Length) _content = new byte[content.Length + (content.Length / 4)];
        content.CopyTo(_content);
        _length = content.Length;
        Errno = 0;
    }

    public void KeepErrno(int errno)
    {
        _length = 0;
        Errno = errno;
    }
}
