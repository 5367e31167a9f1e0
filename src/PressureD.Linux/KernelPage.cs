namespace PressureD.Linux;

/// <summary>
/// When one read has given a whole kernel file, so that no second one is needed to hear that there is no more.
/// </summary>
/// <remarks>
/// A second read is not free: it makes the kernel render everything up to its offset again. seq_file (fs/seq_file.c,
/// the same in 5.10 and 6.18) renders files of one record whole, and fills a buffer of at least a page with records
/// before it hands it out; so what ends well before a page is the end, unless a single record is longer than what the
/// page has left.
/// </remarks>
internal static class KernelPage
{
    private const int SmallestPageBytes = 4096;

    /// <summary>
    /// Longer than any record of the files that have several: vmstat, cgroup.procs, and swaps with names below this.
    /// </summary>
    private const int LongestRecordBytes = 1024;

    /// <param name="length">Bytes read so far, from the beginning of the file.</param>
    /// <param name="capacity">The buffer's length.</param>
    public static bool IsWhole(int length, int capacity) =>
        length <= SmallestPageBytes - LongestRecordBytes && length < capacity;
}
