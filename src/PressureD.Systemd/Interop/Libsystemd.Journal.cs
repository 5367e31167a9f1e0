using System.Runtime.InteropServices;

namespace PressureD.Systemd.Interop;

/// <summary>systemd/sd-journal.h.</summary>
internal static unsafe partial class Libsystemd
{
    /// <summary>
    /// One entry from FIELD=value pieces. Waits while the journal's socket is full; succeeds when there is no journal.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "sd_journal_sendv")]
    internal static partial int JournalSendv(IoVector* fields, int count);
}
