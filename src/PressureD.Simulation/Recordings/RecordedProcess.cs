using PressureD.Core.Kernel;

namespace PressureD.Simulation.Recordings;

/// <summary>A process that is being recorded.</summary>
internal sealed class RecordedProcess
{
    public RecordedProcess(int pid)
    {
        Pid = pid;
        for (var index = 0; index < Cells.Length; index++)
            Cells[index] = new RecordedCell(RecordedFiles.KeyOf(pid, RecordedFiles.Process[index]));
        for (var index = 0; index < CostlyCells.Length; index++)
            CostlyCells[index] = new RecordedCell(RecordedFiles.KeyOf(pid, RecordedFiles.CostlyProcess[index]));
    }

    public int Pid { get; }

    /// <summary>With the pid, its identity. Clock ticks since boot.</summary>
    public long StartTicks { get; set; }

    /// <summary>What it executes may have changed when this has.</summary>
    public byte[] Comm { get; set; } = [];

    /// <summary>The sample in which it was there last.</summary>
    public long SeenInSample { get; set; }

    /// <summary>What <see cref="RecordedFiles.Process"/> say.</summary>
    public RecordedCell[] Cells { get; } = new RecordedCell[RecordedFiles.Process.Count];

    /// <summary>What <see cref="RecordedFiles.CostlyProcess"/> say.</summary>
    public RecordedCell[] CostlyCells { get; } = new RecordedCell[RecordedFiles.CostlyProcess.Count];
}
