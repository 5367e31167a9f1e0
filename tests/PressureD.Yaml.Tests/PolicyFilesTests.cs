using System;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;

namespace PressureD.Yaml.Tests;

[SupportedOSPlatform("linux")]
public sealed class PolicyFilesTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root = Directory.CreateTempSubdirectory("pressured-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Read_TakesMainFileThenDropInsInNameOrder()
    {
        Write("etc/pressured.yaml", Policies.Rule("mem.free < 1GiB"));
        Write("etc/policies.d/20.yaml", "limits: { kills-per-minute: 2 }");
        Write("etc/policies.d/10.yaml", "limits: { kills-per-minute: 1 }");
        Write("etc/policies.d/.hidden.yaml", "nonsense");
        Write("etc/policies.d/README", "nonsense");

        PolicyResult result = Read();

        Assert.Equal("", Policies.Lines(result));
        Assert.Equal(2, result.Policy!.KillsPerMinute);
        Assert.Equal(["etc/pressured.yaml", "etc/policies.d/10.yaml", "etc/policies.d/20.yaml"],
            result.Policy.Files.Select(file => Path.GetRelativePath(_root, file)));
    }

    [Fact]
    public void Read_HigherDirectories_HideFilesOfTheSameName()
    {
        Write("usr/pressured.yaml", Policies.Rule("mem.free < 1GiB"));
        Write("usr/policies.d/10.yaml", "limits: { kills-per-minute: 1 }");
        Write("usr/policies.d/20.yaml", "limits: { kills-per-minute: 2 }");
        Write("run/policies.d/10.yaml", "limits: { kills-per-minute: 3 }");
        Directory.CreateDirectory(Path.Combine(_root, "etc/policies.d"));
        File.CreateSymbolicLink(Path.Combine(_root, "etc/policies.d/20.yaml"), "/dev/null");

        PolicyResult result = Read();

        Assert.Equal("", Policies.Lines(result));
        Assert.Equal(3, result.Policy!.KillsPerMinute);
        Assert.Equal(["usr/pressured.yaml", "run/policies.d/10.yaml"],
            result.Policy.Files.Select(file => Path.GetRelativePath(_root, file)));
    }

    [Fact]
    public void Read_Nothing_SaysWhereItLooked()
    {
        string said = Policies.Lines(Read());

        Assert.StartsWith("pressured.yaml: no policy file, expected pressured.yaml or policies.d/*.yaml in ", said);
        Assert.Contains(Path.Combine(_root, "run"), said);
    }

    [Fact]
    public void Read_Path_MayBeAFileOrADirectory()
    {
        string file = Write("mine/pressured.yaml", Policies.Rule("mem.free < 1GiB"));
        Write("mine/policies.d/10.yaml", "limits: { kills-per-minute: 1 }");

        Assert.Equal(10, PolicyFiles.Read(file).Policy!.KillsPerMinute);
        Assert.Equal(1, PolicyFiles.Read(Path.GetDirectoryName(file)).Policy!.KillsPerMinute);
        Assert.Equal(
            $"{file}x: does not exist, expected a policy's file or a directory with pressured.yaml; did you mean 'pressured.yaml'?",
            Policies.Lines(PolicyFiles.Read(file + "x")));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Read_FileThatOthersMayWrite_IsRefusedWithARemedy(UnixFileMode more)
    {
        string file = Write("etc/pressured.yaml", Policies.Rule("mem.free < 1GiB"));
        File.SetUnixFileMode(file, OwnerOnly | more);

        Assert.Equal($"{file}: writable by more than its owner; remedy: chmod go-w {file}", Policies.Lines(Read()));
    }

    [Theory]
    [InlineData("etc", UnixFileMode.GroupWrite)]
    [InlineData("etc", UnixFileMode.OtherWrite)]
    [InlineData("etc/policies.d", UnixFileMode.GroupWrite)]
    [InlineData("elsewhere", UnixFileMode.OtherWrite)]
    public void Read_DirectoryThatOthersMayWrite_IsRefusedWithARemedy(string open, UnixFileMode more)
    {
        Write("etc/pressured.yaml", Policies.Rule("mem.free < 1GiB"));
        Write("elsewhere/10.yaml", "limits: { kills-per-minute: 1 }");
        Directory.CreateDirectory(Path.Combine(_root, "etc/policies.d"));
        File.CreateSymbolicLink(Path.Combine(_root, "etc/policies.d/10.yaml"), "../../elsewhere/10.yaml");
        Assert.Equal("", Policies.Lines(Read()));
        string directory = Path.Combine(_root, open);
        File.SetUnixFileMode(directory, OwnerOnly | UnixFileMode.UserExecute | more);

        Assert.Contains($"remedy: chmod go-w {directory}", Policies.Lines(Read()));
    }

    [Fact]
    public void Read_LinkOutOfALinkedDirectory_IsFollowedAsTheKernelDoes()
    {
        Write("srv/shared/p.yaml", Policies.Rule("mem.free < 1GiB"));
        Write("srv/conf/keep", "");
        File.CreateSymbolicLink(Path.Combine(_root, "etc"), "srv/conf");
        File.CreateSymbolicLink(Path.Combine(_root, "srv/conf/pressured.yaml"), "../shared/p.yaml");
        Assert.Equal("", Policies.Lines(Read()));
        string shared = Path.Combine(_root, "srv/shared");
        File.SetUnixFileMode(shared, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupWrite);

        Assert.Contains($"remedy: chmod go-w {shared}", Policies.Lines(Read()));
    }

    [Fact]
    public void Read_DirectoryThatCannotBeSearched_IsNotTakenForAbsent()
    {
        // root may search every directory, but not a link that leads to itself.
        Write("run/pressured.yaml", Policies.Rule("mem.free < 1GiB"));
        string hidden = Path.Combine(_root, "etc");
        File.CreateSymbolicLink(hidden, hidden);

        PolicyResult result = Read();

        Assert.Null(result.Policy);
        Assert.StartsWith($"{hidden}: cannot be searched: ", Policies.Lines(result));
    }

    [Fact]
    public void Read_WhatIsNoFile_IsRefused()
    {
        Directory.CreateDirectory(Path.Combine(_root, "etc/pressured.yaml"));
        Directory.CreateDirectory(Path.Combine(_root, "etc/policies.d"));
        File.CreateSymbolicLink(Path.Combine(_root, "etc/policies.d/1.yaml"), "/nowhere/at/all");
        Write("etc/policies.d/2.yml", "");

        string said = Policies.Lines(Read());

        Assert.Contains("etc/pressured.yaml: is a directory, expected a file", said);
        Assert.Contains("etc/policies.d/1.yaml: links to '/nowhere/at/all', which does not exist", said);
        Assert.Contains("etc/policies.d/2.yml: warning: not read: the name of a policy ends in .yaml", said);
    }

    [Fact]
    public void Read_EmptyPath_NamesNothing()
    {
        Assert.Contains("does not exist", Policies.Lines(PolicyFiles.Read("")));
        Assert.Contains("does not exist", Policies.Lines(PolicyFiles.ReadFiles(["", ""])));
    }

    [Fact]
    public void Read_LargeFiles_AreRefusedBeforeTheyAreHeld()
    {
        string file = Write("etc/pressured.yaml", "");
        using (FileStream stream = File.OpenWrite(file))
            stream.SetLength(10L << 30);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal($"{file}: more than 262144 bytes, expected at most that: split it", Policies.Lines(Read()));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
    }

    [Fact]
    public void Read_SomeFilesMissing_DoesNotBlameRulesThatMayBeInThem()
    {
        File.SetUnixFileMode(Write("etc/pressured.yaml", Policies.Rule("mem.free < 1GiB")), OwnerOnly | UnixFileMode.OtherWrite);
        Write("etc/policies.d/1.yaml", "rules: [ { name: a, disable: true } ]");

        Assert.DoesNotContain("no rule 'a'", Policies.Lines(Read()));
    }

    [Fact]
    public void Find_TellsWhatCannotBeRead_AndSoDoesItsDigest()
    {
        string directory = Path.GetDirectoryName(Write("mine/pressured.yaml", Policies.Rule("mem.free < 1GiB")))!;
        PolicySources whole = PolicyFiles.Find(directory);
        string dropIn = Write("mine/policies.d/1.yaml", "");
        File.SetUnixFileMode(dropIn, OwnerOnly | UnixFileMode.OtherWrite);
        PolicySources part = PolicyFiles.Find(directory);
        File.Delete(dropIn);

        Assert.Empty(whole.Obstacles);
        Assert.Single(part.Files);
        Assert.StartsWith("writable by more than its owner", Assert.Single(part.Obstacles).Message);
        Assert.NotEqual(whole.Digest, part.Digest);
        Assert.Equal(whole.Digest, PolicyFiles.Find(directory).Digest);

        File.Delete(Path.Combine(directory, "pressured.yaml"));
        Assert.StartsWith("no policy file", Assert.Single(PolicyFiles.Find(directory).Obstacles).Message);
        Directory.Delete(directory, recursive: true);
        Assert.StartsWith("does not exist", Assert.Single(PolicyFiles.Find(directory).Obstacles).Message);
    }

    [Theory]
    [InlineData("mine")]
    [InlineData("mine/pressured.yaml")]
    public void Watch_SeesWhoMayReplaceTheFiles_AndNoFilesOfOthers(string config)
    {
        string directory = Path.GetDirectoryName(Write("mine/pressured.yaml", Policies.Rule("mem.free < 1GiB")))!;
        var watch = new PolicyWatch(Path.Combine(_root, config));
        File.WriteAllText(Path.Combine(directory, "other"), "");
        Assert.False(watch.HasMoved());
        File.SetUnixFileMode(directory, OwnerOnly | UnixFileMode.OtherWrite);
        Assert.True(watch.HasMoved());
        Assert.False(watch.HasMoved());
        File.SetUnixFileMode(directory, OwnerOnly);
        Assert.True(watch.HasMoved());
    }

    [Fact]
    public void Users_ComeFromPasswd()
    {
        string file = Write("passwd", "root:x:0:0:root:/root:/bin/sh\nbad\nalice:x:1000:1000::/home/alice:/bin/sh\n");
        var users = new PasswdUsers(file);

        Assert.Equal((0u, 1000u, null), (users.Find("root"), users.Find("alice"), users.Find("bad")));
        Assert.Null(new PasswdUsers(file + "x").Find("root"));
    }

    private PolicyResult Read() =>
        PolicyFiles.Read([Path.Combine(_root, "etc"), Path.Combine(_root, "run"), Path.Combine(_root, "usr")]);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
