using System;
using System.IO;
using System.Linq;
using System.Text;
using PressureD.Linux.Incidents;

namespace PressureD.Linux.Tests.Incidents;

public sealed class IncidentDirectoryTests : IDisposable
{
    private const long Limit = 64 * 1024;

    private readonly string _path = Path.Combine(
        Directory.CreateTempSubdirectory("pressured-incidents-").FullName, "incidents");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void What_is_written_is_found_again_by_the_next_process()
    {
        IncidentDirectory first = Open();
        Assert.Equal(0, first.LastId);
        first.Write(1, isMinor: false, "one\n"u8, Limit);
        first.Write(2, isMinor: true, "two\n"u8, Limit);
        IncidentDirectory next = Open();
        Assert.Equal(2, next.LastId);
        byte[] content = new byte[16];
        Assert.Equal("one\n", Encoding.UTF8.GetString(content, 0, next.Read(1, content)));
        Assert.Equal("two\n", Encoding.UTF8.GetString(content, 0, next.Read(2, content)));
        Assert.Equal(0, next.Read(3, content));
    }

    [Fact]
    public void One_that_is_complete_after_later_ones_stands_before_them()
    {
        IncidentDirectory directory = Open();
        foreach (long id in new long[] { 2, 3, 1, 4 })
            directory.Write(id, isMinor: false, "one\n"u8, Limit);
        var files = new IncidentFile[8];
        Assert.Equal(4, directory.NewestBefore(long.MaxValue, files));
        Assert.Equal([4, 3, 2, 1], files.Take(4).Select(file => file.Id));
        Assert.True(directory.DropOldest(spared: 0));
        Assert.Equal([2, 3, 4], directory.Files.Select(file => file.Id));
    }

    [Fact]
    public void What_was_kept_of_it_earlier_is_replaced_also_when_it_turned_out_to_be_more_than_words()
    {
        IncidentDirectory directory = Open();
        directory.Write(1, isMinor: true, "so far\n"u8, Limit);
        directory.Write(2, isMinor: false, "two\n"u8, Limit);
        directory.Write(1, isMinor: false, "whole\n"u8, Limit);
        Assert.Equal([1, 2], directory.Files.Select(file => file.Id));
        Assert.False(directory.Files[0].IsMinor);
        Assert.Equal(2, Directory.GetFiles(_path).Length);
        byte[] content = new byte[16];
        Assert.Equal("whole\n", Encoding.UTF8.GetString(content, 0, Open().Read(1, content)));

        // It does not count twice against the limit, so that its own growth drops nobody.
        directory.Write(1, isMinor: false, "more\n"u8, 8192);
        Assert.Equal([1, 2], directory.Files.Select(file => file.Id));
        Assert.False(directory.Write(1, isMinor: false, new byte[9000], 8192));
        Assert.DoesNotContain(directory.Files, file => file.Id == 1);
    }

    [Fact]
    public void Only_the_owner_may_look()
    {
        Open().Write(1, isMinor: false, "one\n"u8, Limit);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(_path));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(_path)[0]));
    }

    [Fact]
    public void The_limit_holds_and_the_oldest_go_first()
    {
        IncidentDirectory directory = Open();
        for (int id = 1; id <= 40; id++)
            directory.Write(id, isMinor: false, new byte[5000], Limit);
        Assert.Equal(Enumerable.Range(33, 8).Select(id => (long)id), directory.Files.Select(file => file.Id));
        Assert.Equal(8, Directory.GetFiles(_path).Length);
        Assert.True(Directory.GetFiles(_path).Sum(file => new FileInfo(file).Length) <= Limit);

        // A lower limit takes effect with the next one; one that is larger than the limit is not kept at all.
        directory.Write(41, isMinor: false, new byte[5000], 16 * 1024);
        Assert.Equal([40, 41], directory.Files.Select(file => file.Id));
        directory.Write(42, isMinor: false, new byte[50_000], 16 * 1024);
        Assert.DoesNotContain(42, directory.Files.Select(file => file.Id));
    }

    [Fact]
    public void Rules_that_only_tell_do_not_push_out_what_acted()
    {
        IncidentDirectory directory = Open();
        for (int id = 1; id <= 5; id++)
            directory.Write(id, isMinor: false, new byte[100], Limit);
        for (int id = 6; id <= 200; id++)
            directory.Write(id, isMinor: true, new byte[100], Limit);
        Assert.Equal([1, 2, 3, 4, 5, 197, 198, 199, 200], directory.Files.Select(file => file.Id));
    }

    [Fact]
    public void What_was_half_written_when_the_process_was_killed_is_removed_and_never_read()
    {
        Open().Write(1, isMinor: false, "one\n"u8, Limit);
        File.WriteAllText(Path.Combine(_path, "0000000002.json.new"), "{\"format\":1,\"id\"");
        File.WriteAllText(Path.Combine(_path, "notes.txt"), "somebody else's");
        File.WriteAllText(Path.Combine(_path, "7.json"), "not a name of ours");
        IncidentDirectory reader = new(_path);
        reader.Scan(mayChange: false);
        Assert.Equal([1], reader.Files.Select(file => file.Id));
        Assert.True(File.Exists(Path.Combine(_path, "0000000002.json.new")));

        Assert.Equal(1, Open().LastId);
        Assert.False(File.Exists(Path.Combine(_path, "0000000002.json.new")));
        Assert.True(File.Exists(Path.Combine(_path, "notes.txt")));
    }

    [Fact]
    public void A_writer_that_was_killed_before_the_old_one_was_gone_leaves_the_new_one()
    {
        IncidentDirectory directory = Open();
        directory.Write(1, isMinor: false, "whole\n"u8, Limit);
        File.WriteAllText(Path.Combine(_path, "0000000001.minor.json"), "so far\n");
        IncidentDirectory next = Open();
        Assert.Equal([(1, false)], next.Files.Select(file => (file.Id, file.IsMinor)));
        Assert.Single(Directory.GetFiles(_path));
    }

    [Fact]
    public void What_is_to_be_replaced_does_not_give_way_to_its_own_successor()
    {
        IncidentDirectory directory = Open();
        directory.Write(1, isMinor: false, "so far\n"u8, Limit);
        Assert.False(directory.DropOldest(spared: 1));
        directory.Write(2, isMinor: false, "two\n"u8, Limit);
        Assert.True(directory.DropOldest(spared: 1));
        Assert.Equal([1], directory.Files.Select(file => file.Id));
    }

    [Fact]
    public void A_disk_that_does_not_take_it_is_an_error_and_leaves_nothing_half()
    {
        IncidentDirectory directory = Open();
        directory.Write(1, isMinor: false, "one\n"u8, Limit);

        // Where the file is to be there is a directory that cannot give way.
        Directory.CreateDirectory(Path.Combine(_path, "0000000002.json", "inside"));
        Assert.ThrowsAny<IOException>(() => directory.Write(2, isMinor: false, "two\n"u8, Limit));
        Assert.False(File.Exists(Path.Combine(_path, "0000000002.json.new")));
        Assert.True(directory.DropOldest(spared: 0));
        Assert.False(directory.DropOldest(spared: 0));
        directory.Write(3, isMinor: false, "three\n"u8, Limit);
        Assert.Equal([3], directory.Files.Select(file => file.Id));
    }

    private IncidentDirectory Open()
    {
        var directory = new IncidentDirectory(_path);
        directory.Scan(mayChange: true);
        return directory;
    }
}
