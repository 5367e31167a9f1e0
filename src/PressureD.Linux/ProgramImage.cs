using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>
/// Where the program's own file is mapped, by its program headers (ELF-64; System V ABI, chapter 5). Nothing where
/// they tell too little.
/// </summary>
internal readonly unsafe struct ProgramImage
{
    private const uint PT_PHDR = 6;
    private const uint PT_GNU_EH_FRAME = 0x6474e550;

    private ProgramImage(nuint start, nuint unwindTables)
    {
        Start = start;
        UnwindTables = unwindTables;
    }

    /// <summary>The first address.</summary>
    public nuint Start { get; }

    /// <summary>
    /// Where the tables begin that tell how to unwind native frames: they end the read-only part of the file, and
    /// only an exception reads them.
    /// </summary>
    public nuint UnwindTables { get; }

    public static ProgramImage Find()
    {
        var headers = Libc.getauxval(Libc.AT_PHDR);
        var bytes = Libc.getauxval(Libc.AT_PHENT);
        var count = Libc.getauxval(Libc.AT_PHNUM);
        nuint start = 0, unwindTables = 0;
        for (nuint i = 0; i < count; i++)
        {
            var header = (byte*)(headers + i * bytes);
            var kind = *(uint*)header;
            var address = *(nuint*)(header + 16);
            if (kind == PT_PHDR) start = headers - address;
            else if (kind == PT_GNU_EH_FRAME) unwindTables = address;
        }

        return start == 0 || unwindTables == 0 ? default : new ProgramImage(start, start + unwindTables);
    }
}
