using PressureD.Core.Kernel;

namespace PressureD.Simulation.Recordings;

/// <summary>A cgroup that is being recorded: its directory, and its control files held open.</summary>
internal sealed class RecordedCgroup
{
    private readonly string _key;

    /// <param name="key">Its directory's.</param>
    public RecordedCgroup(string key)
    {
        _key = key;
        Directory = new RecordedCell(key);
        for (var index = 0; index < Files.Length; index++) Files[index] = -Errno.ENOENT;
    }

    public RecordedCell Directory { get; }

    /// <summary>A descriptor of each of <see cref="RecordedFiles.Cgroup"/>, or a negative errno.</summary>
    public int[] Files { get; } = new int[RecordedFiles.Cgroup.Count];

    /// <summary>What each says; null while there is no such file.</summary>
    public RecordedCell?[] Cells { get; } = new RecordedCell?[RecordedFiles.Cgroup.Count];

    /// <summary>Whether its files are to be looked for: at first, and when its controllers have changed.</summary>
    public bool IsToBeOpened { get; set; } = true;

    public RecordedCell CellAt(int index) => Cells[index] ??= new RecordedCell(_key + RecordedFiles.Cgroup[index]);
}
