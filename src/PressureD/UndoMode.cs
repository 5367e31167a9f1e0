using System;
using System.IO;
using PressureD.Core.Durable;
using PressureD.Linux;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Units;

namespace PressureD;

/// <summary>
/// <c>--undo</c>: puts back what a daemon that is gone left changed. Needs no policy and no loop; the bus only for what
/// systemd was asked to set.
/// </summary>
internal static class UndoMode
{
    public static int Run()
    {
        if (!Directory.Exists(RuntimePaths.Run))
        {
            return Answer.Write("nothing to put back\n");
        }

        try
        {
            using RunStore store = RunStore.Open(RuntimePaths.Run, UndoJournal.StoreBytes);
            using LinuxKernel kernel = LinuxKernel.Open();
            using UnitClient units = new(BusAddress.System);
            UndoCounts counts = new UndoJournal(store).UndoAll(kernel, units);
            string said = counts == default
                ? "nothing to put back"
                : $"{counts.Undone} put back, {counts.Foreign} left alone because others have changed them, "
                    + $"{counts.Failed} could not be put back";
            return Answer.Write($"{said}\n", counts.Failed == 0 ? ExitCode.Success : ExitCode.Undo);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"pressured: {e.Message}");
            return ExitCode.Undo;
        }
    }
}
