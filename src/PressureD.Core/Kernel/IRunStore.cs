using System;

namespace PressureD.Core.Kernel;

/// <summary>
/// A fixed block of bytes that outlives the process but not the boot: on Linux a preallocated, locked shared mapping of
/// a file in /run/pressured, so that writing it is a store into memory that cannot block or fail.
/// </summary>
/// <remarks>
/// It carries what a restart must not forget: cooldowns, the brake, victims in flight, and the undo journal.
/// </remarks>
public interface IRunStore
{
    /// <summary>The block. What a previous process of the same boot wrote is there at start.</summary>
    Span<byte> Bytes { get; }
}
