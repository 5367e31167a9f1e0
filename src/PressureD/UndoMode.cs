using System;
using System.IO;
using PressureD.Core.Durable;
using PressureD.Linux;

namespace PressureD;

/// <summary>
/// <c>--undo</c>: puts back what a daemon that is gone left changed. Needs no policy, no bus, no loop.
/// </summary>
internal static class UndoMode
{
    public static int Run()
    {
        if (!Directory.Exists(RuntimePaths.Run))
        {
            Console.WriteLine("nothing to put back");
            return ExitCode.Success;
        }

        try
        {
            using RunStore store = RunStore.Open(RuntimePaths.Run, UndoJournal.StoreBytes);
            using LinuxKernel kernel = LinuxKernel.Open();
            UndoCounts counts = new UndoJournal(store).UndoAll(kernel);
            Console.WriteLine(counts == default
                ? "nothing to put back"
                : $"{counts.Undone} put back, {counts.Foreign} left alone because others have changed them, "
                    + $"{counts.Failed} could not be put back");
            return counts.Failed == 0 ? ExitCode.Success : ExitCode.Undo;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"pressured: {e.Message}");
            return ExitCode.Undo;
        }
    }
}
