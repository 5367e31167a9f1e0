using System;
using System.IO;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>The real kernel: syscalls on held descriptors.</summary>
/// <remarks>
/// <see cref="Open"/> probes what this machine has and makes everything that is needed later; after it, nothing
/// allocates. All calls come from one thread, except <see cref="Wake"/>.
/// </remarks>
public sealed unsafe partial class LinuxKernel : IKernel, IDisposable
{
    private readonly DescriptorTable _descriptors;
    private readonly DirectoryReader _directories = new();
    private readonly WaitSet _waitSet;
    private readonly Workers _workers;
    private readonly byte[] _cgroupMount;
    private readonly int _proc;
    private bool _disposed;

    private LinuxKernel(KernelFeatures features, int descriptorLimit)
    {
        Features = features;
        _cgroupMount = System.Text.Encoding.UTF8.GetBytes(features.CgroupMount);
        _descriptors = new DescriptorTable(descriptorLimit);
        fixed (byte* path = "/proc\0"u8)
            _proc = Libc.Result(Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0));
        if (_proc < 0) throw new IOException($"cannot open /proc: {Errno.Name(_proc)}");
        _waitSet = new WaitSet();
        _workers = new Workers(_waitSet, _proc);
    }

    /// <inheritdoc/>
    public KernelFeatures Features { get; }

    /// <inheritdoc/>
    public long NowUsec
    {
        get
        {
            Timespec time;
            _ = Libc.clock_gettime(Libc.CLOCK_MONOTONIC, &time);
            return (time.Seconds * 1_000_000) + (time.Nanoseconds / 1_000);
        }
    }

    /// <summary>How many descriptors are given out and not closed.</summary>
    internal int OpenDescriptors => _descriptors.Count;

    /// <summary>Probes this machine and opens its kernel.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not 64-bit Linux.</exception>
    /// <exception cref="IOException">/proc or the kernel's waiting facilities cannot be opened.</exception>
    public static LinuxKernel Open()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || !BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("PressureD needs a 64-bit little-endian Linux");
        return new LinuxKernel(FeatureProbe.Probe(), DescriptorLimit());
    }

    /// <summary>
    /// Has <see cref="Wait"/> return, with or without events. From any thread, as long as this is not disposed.
    /// </summary>
    public void Wake() => _waitSet.RequestStep();

    /// <inheritdoc/>
    public void Close(int descriptor)
    {
        var kind = _descriptors.KindOf(descriptor);
        if (kind == DescriptorKind.None) return;
        if (_descriptors.IsWatched(descriptor)) _waitSet.Remove(descriptor);
        _descriptors.Remove(descriptor);
        // The kernel ends a trigger by waiting for its readers (psi_trigger_destroy, synchronize_rcu): tens of
        // milliseconds.
        if (kind == DescriptorKind.Trigger && _workers.TryClose(descriptor)) return;
        _ = Libc.close(descriptor);
    }

    /// <summary>Closes what is open and ends the workers; one that hangs in the kernel is left behind.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        for (var descriptor = 0; descriptor < _descriptors.Capacity && _descriptors.Count > 0; descriptor++)
            Close(descriptor);
        if (!_workers.Stop()) return;
        _waitSet.Dispose();
        _ = Libc.close(_proc);
    }

    /// <summary>
    /// The number of descriptors this process can ever have: the limit may be raised up to the hard one later. More
    /// than the table below holds are not worth one; the highest numbers are then refused with EMFILE.
    /// </summary>
    private static int DescriptorLimit()
    {
        const int LargestTable = 1 << 17;
        ResourceLimit limit;
        return Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit) < 0 ? 1024 : (int)Math.Min(limit.Hard, LargestTable);
    }

    private bool IsDirectory(int descriptor) => _descriptors.KindOf(descriptor) == DescriptorKind.Directory;

    private bool IsProcess(int descriptor) => _descriptors.KindOf(descriptor) == DescriptorKind.Process;
}
