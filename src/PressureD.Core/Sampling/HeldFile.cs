using System;
using PressureD.Core.Kernel;

namespace PressureD.Core.Sampling;

/// <summary>A file that is opened once and read again and again.</summary>
internal struct HeldFile
{
    private int _descriptor;

    /// <summary>A file that is not open.</summary>
    public static HeldFile None => new() { _descriptor = -Errno.ENOENT };

    public readonly bool IsOpen => _descriptor >= 0;

    /// <summary>Whether it could not be opened for want of something that may be there later.</summary>
    public readonly bool MayOpenLater => Errno.IsPassing(_descriptor);

    /// <summary>Opens it; what it cannot open reads as empty.</summary>
    /// <returns>0, or a negative errno.</returns>
    public static int Open(IKernel kernel, int directory, ReadOnlySpan<byte> path, out HeldFile file)
    {
        int descriptor = kernel.OpenFile(directory, path);
        file = new HeldFile { _descriptor = descriptor };
        return Math.Min(descriptor, 0);
    }

    /// <summary>What it holds now; empty when it is not open or cannot be read.</summary>
    /// <param name="kernel">The kernel it was opened on.</param>
    /// <param name="buffer">Where the content goes.</param>
    /// <param name="error">0, or the negative errno of the read.</param>
    public readonly ReadOnlySpan<byte> Read(IKernel kernel, Span<byte> buffer, out int error)
    {
        int length = IsOpen ? kernel.Read(_descriptor, buffer) : _descriptor;
        error = Math.Min(length, 0);
        return length > 0 ? buffer[..length] : default;
    }

    public void Close(IKernel kernel)
    {
        if (IsOpen)
            kernel.Close(_descriptor);
        _descriptor = -Errno.ENOENT;
    }
}
