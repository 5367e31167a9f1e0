using System.Threading;

namespace PressureD.Core.Publishing;

/// <summary>
/// Where the loop puts the newest <see cref="DaemonSnapshot"/> and other threads copy it from. One writer, any number
/// of readers, and the writer never waits.
/// </summary>
/// <remarks>
/// A seqlock over two buffers that are written in turn. The writer first says which publication it begins, then fills
/// the buffer that the last complete publication does not use, then says that it is complete. A reader copies the last
/// complete one and keeps the copy unless a publication that reuses its buffer has begun meanwhile. So a writer that
/// loses the processor half-way does not hold readers up either.
/// </remarks>
public sealed class SnapshotBoard
{
    // A retry means that the loop made two steps during one copy; several in a row mean that the reader was starved,
    // and then it does better to keep what it has.
    private const int Attempts = 8;

    private readonly DaemonSnapshot _even = new();
    private readonly DaemonSnapshot _odd = new();
    private readonly IWake[] _wakes;
    private long _begun;
    private long _complete;

    /// <param name="wakes">Signalled when a publication changes what onlookers are told of at once.</param>
    public SnapshotBoard(params IWake[] wakes) => _wakes = wakes;

    /// <summary>How many publications are complete. A reader that has this one has the newest.</summary>
    public long Version => Volatile.Read(ref _complete);

    /// <summary>Makes a snapshot the newest. One thread only. Never blocks, allocates nothing.</summary>
    public void Publish(DaemonSnapshot snapshot)
    {
        long version = _complete + 1;
        DaemonSnapshot previous = Buffer(version - 1);
        bool news = version == 1 || !snapshot.SameStanding(previous);
        Volatile.Write(ref _begun, version);
        Interlocked.MemoryBarrier();
        Buffer(version).CopyFrom(snapshot);
        Volatile.Write(ref _complete, version);
        if (news)
        {
            foreach (IWake wake in _wakes)
            {
                wake.Signal();
            }
        }
    }

    /// <summary>Copies the newest snapshot out. Any thread. Never blocks, allocates nothing.</summary>
    /// <param name="into">Consistent when the result is true; otherwise its content means nothing.</param>
    /// <param name="version">
    /// Which publication it is; 0 when there was none yet, which gives the initial values.
    /// </param>
    /// <returns>False when publications kept overtaking the copy: try again later.</returns>
    public bool TryRead(DaemonSnapshot into, out long version)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            version = Volatile.Read(ref _complete);
            into.CopyFrom(Buffer(version));
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _begun) <= version + 1)
            {
                return true;
            }
        }

        version = 0;
        return false;
    }

    private DaemonSnapshot Buffer(long version) => (version & 1) == 0 ? _even : _odd;
}
