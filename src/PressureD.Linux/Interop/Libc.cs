using System.Runtime.InteropServices;
using PressureD.Core.Kernel;

namespace PressureD.Linux.Interop;

/// <summary>
/// Declarations of the C library, raw and blittable. A call that fails leaves its errno for <see cref="Result(nint)"/>,
/// which must be the next thing on that thread.
/// </summary>
/// <remarks>
/// None of these suppresses the transition of the garbage collector: kernel files can sleep on locks exactly when
/// memory is short, and a collection must not wait for them.
/// </remarks>
internal static unsafe partial class Libc
{
    /// <summary>A result of the C library as ours: itself, or the negative errno.</summary>
    public static int Result(int result) => result < 0 ? -Marshal.GetLastPInvokeError() : result;

    /// <inheritdoc cref="Result(int)"/>
    public static int Result(nint result) => result < 0 ? -Marshal.GetLastPInvokeError() : (int)result;

    /// <summary>The errno of a failed call, for messages before the loop.</summary>
    public static string LastErrorName() => Errno.Name(Marshal.GetLastPInvokeError());
}
