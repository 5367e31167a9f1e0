using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>What the base library does not tell of a pipe that is written to.</summary>
public static class PipeEnd
{
    /// <summary>Whether nobody can read any more what is written to a descriptor; never of a file.</summary>
    public static unsafe bool IsUnread(int descriptor)
    {
        PollDescriptor asked = new() { Descriptor = descriptor };
        return Libc.poll(&asked, 1, 0) > 0 && (asked.Returned & (Libc.POLLERR | Libc.POLLHUP)) != 0;
    }
}
