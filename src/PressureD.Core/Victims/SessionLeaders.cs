using System;
using System.Buffers.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;

namespace PressureD.Core.Victims;

/// <summary>Who leads a login session, from logind's state files in /run/systemd/sessions.</summary>
internal sealed class SessionLeaders
{
    private readonly IKernel _kernel;
    private readonly Shortage _shortage;
    private readonly byte[] _buffer = new byte[4096];
    private readonly TextBuffer _path = new(128);

    public SessionLeaders(IKernel kernel, Shortage shortage)
    {
        _kernel = kernel;
        _shortage = shortage;
    }

    /// <summary>Whether the process is the leader of the session whose scope its cgroup is.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="cgroup">Where it is.</param>
    /// <param name="unreadable">The answer when a session's file is there and cannot be read.</param>
    public bool IsLeader(int pid, ReadOnlySpan<byte> cgroup, bool unreadable)
    {
        ReadOnlySpan<byte> scope = cgroup[(cgroup.LastIndexOf((byte)'/') + 1)..];
        ReadOnlySpan<byte> prefix = "session-"u8;
        ReadOnlySpan<byte> suffix = ".scope"u8;
        if (!scope.StartsWith(prefix) || !scope.EndsWith(suffix) || scope.Length <= prefix.Length + suffix.Length)
            return false;

        ReadOnlySpan<byte> id = scope[prefix.Length..^suffix.Length];
        if (!IsId(id))
            return false;
        _path.Clear().Append("/run/systemd/sessions/"u8).Append(id);
        int length = WholeFile.Read(_kernel, KernelDirectory.None, _path.Span, _buffer);
        _shortage.Note(length);
        if (length < 0)
            return unreadable && !Errno.IsGone(length);
        return LeaderOf(_buffer.AsSpan(0, length)) is { } leader
            ? leader == pid
            : unreadable && length == _buffer.Length;
    }

    /// <summary>
    /// logind's ids are letters and digits (session_id_valid). The directory holds more, such as the FIFO by which it
    /// notices a session's end, and anybody may name a cgroup like it.
    /// </summary>
    private static bool IsId(ReadOnlySpan<byte> id)
    {
        foreach (byte c in id)
        {
            if (!char.IsAsciiLetterOrDigit((char)c))
                return false;
        }

        return true;
    }

    /// <summary>Null when the text does not say.</summary>
    private static int? LeaderOf(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> key = "LEADER="u8;
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            if (line.StartsWith(key) && Utf8Parser.TryParse(line[key.Length..], out int pid, out _))
                return pid;
            text = end < 0 ? default : text[(end + 1)..];
        }

        return null;
    }
}
