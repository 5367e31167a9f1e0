namespace PressureD.Linux.Interop;

/// <summary>Native libraries by name.</summary>
internal static class Libraries
{
    /// <summary>The C library; the runtime maps the name to the file of this system.</summary>
    public const string Libc = "libc";
}
