namespace PressureD.Yaml.Interop;

/// <summary>Who owns a file and who may write it, as statx(2) tells.</summary>
/// <param name="Owner">The user's number.</param>
/// <param name="Mode">Type and permission bits, as in stat(2).</param>
internal readonly record struct FileIdentity(uint Owner, uint Mode)
{
    private const uint TypeMask = 0xF000;
    private const uint Regular = 0x8000;
    private const uint Directory = 0x4000;
    private const uint Sticky = 0x200;

    /// <summary>The write bits of group and others.</summary>
    private const uint GroupOrOthersWrite = 0x12;

    public bool IsRegular => (Mode & TypeMask) == Regular;

    public bool IsDirectory => (Mode & TypeMask) == Directory;

    public bool IsWritableByMore => (Mode & GroupOrOthersWrite) != 0;

    /// <summary>For a directory: others than its owner can put another file in the place of one in it.</summary>
    public bool LetsOthersReplace => IsWritableByMore && (Mode & Sticky) == 0;
}
