using System;
using System.IO;

namespace PressureD.Linux.Tests;

public sealed class RunStoreTests : IDisposable
{
    private const string Boot = "0b9e3c0e-6a63-4f0a-9b0e-111111111111";
    private const string NextBoot = "0b9e3c0e-6a63-4f0a-9b0e-222222222222";

    private readonly string _directory = Directory.CreateTempSubdirectory("pressured-run-").FullName;

    private string FilePath => Path.Combine(_directory, "state");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_new_store_is_zeros_and_private()
    {
        using var store = RunStore.Open(_directory, 5000);
        Assert.False(store.Restored);
        Assert.Equal(5000, store.Bytes.Length);
        Assert.Equal(-1, store.Bytes.IndexOfAnyExcept((byte)0));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void A_store_is_found_as_it_was_left()
    {
        using (var store = RunStore.Open(_directory, 100)) "cooldown"u8.CopyTo(store.Bytes[92..]);
        using var again = RunStore.Open(_directory, 100);
        Assert.True(again.Restored);
        Assert.True(again.Bytes[92..].SequenceEqual("cooldown"u8));
    }

    [Fact]
    public void A_store_of_another_boot_is_begun_anew()
    {
        using (var store = RunStore.Open(_directory, 100, Boot)) store.Bytes.Fill(7);
        using (var next = RunStore.Open(_directory, 100, NextBoot))
        {
            Assert.False(next.Restored);
            Assert.Equal(-1, next.Bytes.IndexOfAnyExcept((byte)0));
        }

        using var same = RunStore.Open(_directory, 100, NextBoot);
        Assert.True(same.Restored);
    }

    [Fact]
    public void A_store_of_another_length_is_begun_anew()
    {
        using (var store = RunStore.Open(_directory, 100, Boot)) store.Bytes.Fill(7);
        using var longer = RunStore.Open(_directory, 20_000, Boot);
        Assert.False(longer.Restored);
        Assert.Equal(-1, longer.Bytes.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_file_of_something_else_is_begun_anew()
    {
        File.WriteAllText(FilePath, new string('x', 10_000));
        using var store = RunStore.Open(_directory, 100);
        Assert.False(store.Restored);
        Assert.Equal(-1, store.Bytes.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_store_is_held_by_one_process_at_a_time()
    {
        using var store = RunStore.Open(_directory, 100);
        store.Bytes.Fill(7);
        var exception = Assert.Throws<RunStoreBusyException>(() => RunStore.Open(_directory, 200));
        Assert.Equal(Environment.ProcessId, exception.HolderPid);
        Assert.Contains($"is held by process {Environment.ProcessId}", exception.Message, StringComparison.Ordinal);
        Assert.Equal(-1, store.Bytes.IndexOfAnyExcept((byte)7));
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        var target = Path.Combine(_directory, "target");
        File.WriteAllText(target, "untouched");
        File.CreateSymbolicLink(FilePath, target);
        Assert.Throws<IOException>(() => RunStore.Open(_directory, 100));
        Assert.Equal("untouched", File.ReadAllText(target));
    }

    [Fact]
    public void A_directory_in_its_place_and_an_absent_directory_are_errors()
    {
        Assert.Throws<IOException>(() => RunStore.Open(Path.Combine(_directory, "absent"), 100));
        Directory.CreateDirectory(FilePath);
        Assert.Throws<IOException>(() => RunStore.Open(_directory, 100));
    }

    [Fact]
    public void A_closed_store_has_no_bytes()
    {
        var store = RunStore.Open(_directory, 100);
        store.Dispose();
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.Bytes.Length);
    }

    [Fact]
    public void The_store_in_memory_is_zeros()
    {
        var store = new MemoryRunStore(100);
        Assert.Equal(100, store.Bytes.Length);
        Assert.Equal(-1, store.Bytes.IndexOfAnyExcept((byte)0));
    }
}
