using System;
using PressureD.Core.Kernel;

namespace PressureD.Core.Durable;

/// <summary>
/// Writes control files through the kernel's workers, and keeps account of what is under way: of the places that
/// workers have, some stay free for others, and of writes that reclaim in the writer there is one at a time, so that
/// putting something back never waits behind two that hang.
/// </summary>
internal sealed class ControlWriter
{
    private const int Places = 8;

    private readonly IKernel _kernel;
    private readonly Place[] _places = new Place[Places];
    private readonly byte[] _name = new byte[BlockingOperation.MaxPathBytes];
    private readonly byte[] _value = new byte[BlockingOperation.MaxValueBytes];

    public ControlWriter(IKernel kernel)
    {
        _kernel = kernel;
        for (int i = 0; i < Places; i++)
            _places[i].Ticket = -1;
    }

    /// <summary>Whether something is under way.</summary>
    public bool IsBusy
    {
        get
        {
            foreach (ref readonly Place place in _places.AsSpan())
            {
                if (place.Ticket >= 0)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Begins a write.</summary>
    /// <returns>
    /// What <see cref="TryFinish"/> wants, or a negative errno: EBUSY when it has to be tried again later.
    /// </returns>
    public int Begin(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.Length > _name.Length || value.Length > _value.Length)
            return -Errno.EINVAL;
        bool slow = Reclaims(name);
        int free = -1;
        for (int i = 0; i < Places; i++)
        {
            if (_places[i].Ticket < 0)
                free = i;
            else if (slow && _places[i].IsSlow)
                return -Errno.EBUSY;
        }

        if (free < 0)
            return -Errno.EBUSY;
        name.CopyTo(_name);
        value.CopyTo(_value);
        int ticket = _kernel.Begin(BlockingOperation.Write(
            directory, _name.AsMemory(0, name.Length), _value.AsMemory(0, value.Length)));
        if (ticket < 0)
            return ticket;
        _places[free] = new Place { Ticket = ticket, IsSlow = slow };
        return free;
    }

    /// <summary>Takes a write's result, once it has one.</summary>
    /// <param name="write">From <see cref="Begin"/>; no longer good when this was true.</param>
    /// <param name="result">0, or a negative errno.</param>
    public bool TryFinish(int write, out int result)
    {
        result = _kernel.Finish(_places[write].Ticket, default);
        if (result == -Errno.EAGAIN)
            return false;
        _places[write].Ticket = -1;
        return true;
    }

    /// <summary>Nobody waits for it any more; its place is taken back when it ends.</summary>
    public void Abandon(int write) => _places[write].IsAbandoned = true;

    /// <summary>Takes the places of abandoned writes back.</summary>
    public void Sweep()
    {
        for (int i = 0; i < Places; i++)
        {
            if (_places[i].Ticket >= 0 && _places[i].IsAbandoned)
                TryFinish(i, out _);
        }
    }

    /// <summary>Whether writing it reclaims in the writer, or does something else that can take long.</summary>
    private static bool Reclaims(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("memory.high"u8) || name.SequenceEqual("memory.max"u8)
        || name.SequenceEqual("memory.reclaim"u8) || name[0] == (byte)'/';

    private record struct Place
    {
        public int Ticket { get; set; }

        public bool IsSlow { get; set; }

        public bool IsAbandoned { get; set; }
    }
}
