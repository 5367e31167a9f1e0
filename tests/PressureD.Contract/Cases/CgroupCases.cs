using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Victims;

namespace PressureD.Contract.Cases;

/// <summary>Cgroups: identity, listing, control files, attributes, killing and freezing.</summary>
internal static class CgroupCases
{
    public static IEnumerable<ContractCase> All { get; } =
    [
        new("a cgroup keeps its identity", CaseNeeds.Cgroups, KeepsIdentity),
        new("a recreated cgroup has a new identity", CaseNeeds.Cgroups, RecreatedIdentity),
        new("an absent cgroup answers ENOENT", CaseNeeds.Cgroups, AbsentCgroup),
        new("a directory name is one component", CaseNeeds.Cgroups, NameOfOneComponent),
        new("children are listed once each through any buffer", CaseNeeds.Cgroups, Listing),
        new("a buffer too small for one name answers EINVAL", CaseNeeds.Cgroups, ListingTooSmall),
        new("listing a removed cgroup says gone", CaseNeeds.Cgroups, ListingGone),
        new("a cgroup belongs to whom it was given, also after it was opened", CaseNeeds.Cgroups, Ownership),
        new("a descriptor that is not held has no owner", CaseNeeds.None, NoOwner),
        new("an attribute that is not set answers ENODATA", CaseNeeds.Cgroups, AttributeNotSet),
        new("an attribute is read as it was set", CaseNeeds.Cgroups, AttributeSet),
        new("writing an absent control file answers ENOENT", CaseNeeds.Cgroups, WriteAbsent),
        new("writing to a removed cgroup says gone", CaseNeeds.Cgroups, WriteGone),
        new("cgroup.kill ends all in the cgroup", CaseNeeds.Cgroups | CaseNeeds.CgroupKill, Kill),
        new("cgroup.kill takes only 1", CaseNeeds.Cgroups | CaseNeeds.CgroupKill, KillRange),
        new("without cgroup.kill a cgroup is frozen, swept and thawed", CaseNeeds.Cgroups | CaseNeeds.ProcessHandles,
            KillWithoutCgroupKill),
        new("cgroup.freeze freezes and thaws", CaseNeeds.Cgroups, Freeze),
        new("cgroup.events says when a cgroup empties", CaseNeeds.Cgroups, Populated),
        new("cgroup.events of a removed cgroup answers ENODEV and is reported gone once or never",
            CaseNeeds.Cgroups, EventsGone),
    ];

    private static void KeepsIdentity(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        stage.CreateCgroup("b");
        var first = kernel.OpenCgroup(stage, "a");
        var again = kernel.OpenCgroup(stage, "a");
        var other = kernel.OpenCgroup(stage, "b");
        Check.True(kernel.Identity(first) > 0, "an identity is positive");
        Check.Equal(kernel.Identity(first), kernel.Identity(again), "one cgroup through two descriptors");
        Check.True(kernel.Identity(first) != kernel.Identity(other), "two cgroups have two identities");
        kernel.Close(first);
        kernel.Close(again);
        kernel.Close(other);
    }

    private static void RecreatedIdentity(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var before = kernel.OpenCgroup(stage, "a");
        var identity = kernel.Identity(before);
        stage.RemoveCgroup("a");
        stage.CreateCgroup("a");
        var after = kernel.OpenCgroup(stage, "a");
        Check.True(kernel.Identity(after) != identity, "a recreated cgroup has another identity");
        kernel.Close(before);
        kernel.Close(after);
    }

    private static void Ownership(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        stage.CreateCgroup("a/b");
        var above = kernel.OpenCgroup(stage, "a");
        var cgroup = kernel.OpenCgroup(stage, "a/b");
        Check.Equal(0, kernel.Owner(cgroup), "the owner of what root has made");
        stage.GiveCgroup("a/b", 4321);
        Check.Equal(4321, kernel.Owner(cgroup), "the owner of what was given away");
        Check.Equal(0, kernel.Owner(above), "the owner of the cgroup above");
        stage.RemoveCgroup("a/b");
        stage.CreateCgroup("a/b");
        var recreated = kernel.OpenCgroup(stage, "a/b");
        Check.Equal(0, kernel.Owner(recreated), "the owner of a recreated cgroup");
        kernel.Close(above);
        kernel.Close(cgroup);
        kernel.Close(recreated);
    }

    private static void NoOwner(IKernel kernel, IKernelStage stage)
    {
        var file = Check.Succeeds(kernel.OpenFile(KernelDirectory.None, "/proc/meminfo"u8), "open a file");
        kernel.Close(file);
        Check.True(kernel.Owner(file) < 0, "a closed descriptor has no owner");
        Check.True(kernel.Owner(-1) < 0, "no descriptor has no owner");
    }

    private static void AbsentCgroup(IKernel kernel, IKernelStage stage)
    {
        var top = kernel.OpenCgroup(stage, "");
        Check.Fails(Errno.ENOENT, kernel.OpenDirectory(top, "absent"u8), "open an absent cgroup");
        kernel.Close(top);
    }

    private static void NameOfOneComponent(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        stage.CreateCgroup("a/b");
        var top = kernel.OpenCgroup(stage, "");
        Check.Fails(Errno.EINVAL, kernel.OpenDirectory(top, "a/b"u8), "open a/b");
        Check.Fails(Errno.EINVAL, kernel.OpenDirectory(top, ".."u8), "open ..");
        Check.Fails(Errno.EINVAL, kernel.OpenDirectory(top, ""u8), "open the empty name");
        Check.Fails(Errno.EINVAL, kernel.WriteControl(top, "a/cgroup.freeze"u8, "0"u8), "write a/cgroup.freeze");
        kernel.Close(top);
    }

    private static void Listing(IKernel kernel, IKernelStage stage)
    {
        var expected = new SortedSet<string>();
        for (var child = 0; child < 40; child++)
        {
            stage.CreateCgroup($"child-{child:D2}.slice");
            expected.Add($"child-{child:D2}.slice");
        }

        var top = kernel.OpenCgroup(stage, "");
        foreach (var bufferBytes in (int[])[16, 50, 400, 4096])
        {
            var found = new SortedSet<string>();
            foreach (var name in ListAll(kernel, top, new byte[bufferBytes]))
                Check.True(found.Add(name), $"{name} is listed once through {bufferBytes} bytes");
            Check.True(found.SetEquals(expected), $"all children are listed through {bufferBytes} bytes");
        }

        kernel.Close(top);
    }

    private static List<string> ListAll(IKernel kernel, int directory, byte[] buffer)
    {
        var found = new List<string>();
        long position = 0;
        while (true)
        {
            var written = Check.Succeeds(kernel.ListDirectories(directory, buffer, ref position), "list children");
            if (written == 0) return found;
            Check.True(buffer[written - 1] == 0, "each listed name ends with NUL");
            found.AddRange(Encoding.UTF8.GetString(buffer, 0, written - 1).Split('\0'));
        }
    }

    private static void ListingTooSmall(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a-name-of-some-length");
        var top = kernel.OpenCgroup(stage, "");
        long position = 0;
        Check.Fails(Errno.EINVAL, kernel.ListDirectories(top, new byte[8], ref position), "list into 8 bytes");
        kernel.Close(top);
    }

    private static void ListingGone(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        long position = 0;
        Check.Equal(0, kernel.ListDirectories(cgroup, new byte[256], ref position), "list a cgroup without children");
        stage.RemoveCgroup("a");
        position = 0;
        Check.Gone(kernel.ListDirectories(cgroup, new byte[256], ref position), "list a removed cgroup");
        kernel.Close(cgroup);
    }

    private static void AttributeNotSet(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var value = new byte[16];
        Check.Fails(Errno.ENODATA, kernel.GetXattr(cgroup, "user.pressured_test"u8, value), "get user.pressured_test");
        kernel.Close(cgroup);
    }

    private static void AttributeSet(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        Check.Equal(0, kernel.SetXattr(cgroup, "user.pressured_test"u8, "first"u8), "set user.pressured_test");
        Check.Equal(0, kernel.SetXattr(cgroup, "user.pressured_test"u8, "later"u8), "set it again");
        var value = new byte[16];
        Check.Equal(5, kernel.GetXattr(cgroup, "user.pressured_test"u8, value), "get user.pressured_test");
        Check.Equal("later", value[..5], "user.pressured_test");
        Check.Fails(Errno.ERANGE, kernel.GetXattr(cgroup, "user.pressured_test"u8, new byte[2]), "get it into 2 bytes");
        kernel.Close(cgroup);
    }

    private static void WriteAbsent(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        Check.Fails(Errno.ENOENT, kernel.WriteControl(cgroup, "cgroup.no_such_file"u8, "1"u8), "write an absent file");
        kernel.Close(cgroup);
    }

    private static void WriteGone(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        stage.RemoveCgroup("a");
        Check.Gone(kernel.WriteControl(cgroup, "cgroup.freeze"u8, "1"u8), "write to a removed cgroup");
        kernel.Close(cgroup);
    }

    private static void Kill(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        stage.CreateCgroup("a/b");
        var first = stage.StartProcess("a/b");
        var second = stage.StartProcess("a/b");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var events = kernel.OpenControl(cgroup, "cgroup.events");
        Check.Contains("populated 1\n", kernel.ReadAll(events, "cgroup.events"), "cgroup.events before");
        Check.Equal(0, kernel.Watch(events), "watch cgroup.events");
        Check.Equal(0, kernel.WriteControl(cgroup, "cgroup.kill"u8, "1"u8), "write cgroup.kill");
        kernel.AwaitContent(events, "populated 0\n");
        Check.Equal(0, kernel.WriteControl(cgroup, "cgroup.kill"u8, "1"u8), "write cgroup.kill of an empty cgroup");
        stage.Reap(first);
        stage.Reap(second);
        kernel.Close(events);
        kernel.Close(cgroup);
    }

    private static void KillWithoutCgroupKill(IKernel kernel, IKernelStage stage)
    {
        foreach (var name in new[] { "a", "a/b", "a/b/c", "a/d", "e" })
            stage.CreateCgroup(name);
        int[] victims = [stage.StartProcess("a/b/c"), stage.StartProcess("a/b/c"), stage.StartProcess("a/d")];
        var beside = stage.StartProcess("e");
        var older = new KernelWithoutCgroupKill(kernel);
        var store = new MemoryRunStore();
        using var cgroups = new CgroupTable(older);
        cgroups.Refresh();
        var cgroup = cgroups.Find(KernelSteps.Bytes(stage.Top + "/a"))!;
        var events = kernel.OpenControl(cgroup.Directory, "cgroup.events");
        Check.Equal(0, kernel.Watch(events), "watch cgroup.events");

        var killer = new CgroupKiller(older, cgroups, new UndoJournal(store), new MemberList(older));
        Check.Equal(0, killer.Kill(cgroup), "kill a cgroup");

        kernel.AwaitContent(events, "populated 0\n");
        Check.Contains("frozen 0\n", kernel.ReadAll(events, "cgroup.events"), "cgroup.events after");
        Check.Equal("cgroup.freeze=1, signal 9, signal 9, signal 9, cgroup.freeze=0",
            KernelSteps.Bytes(string.Join(", ", older.Acts)), "what was done");
        Check.True(new UndoJournal(store).UndoAll(kernel) == default, "nothing is left to be undone");
        foreach (var pid in victims)
            stage.Reap(pid);
        var handle = Check.Succeeds(kernel.OpenProcess(beside), "open a process beside the cgroup");
        Check.Equal(0, kernel.Signal(handle, 0), "a process beside the cgroup lives");
        kernel.Close(handle);
        kernel.Close(events);
    }

    private static void KillRange(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        Check.Fails(Errno.ERANGE, kernel.WriteControl(cgroup, "cgroup.kill"u8, "2"u8), "write 2 to cgroup.kill");
        kernel.Close(cgroup);
    }

    private static void Freeze(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        stage.StartProcess("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var events = kernel.OpenControl(cgroup, "cgroup.events");
        Check.Contains("frozen 0\n", kernel.ReadAll(events, "cgroup.events"), "cgroup.events before");
        Check.Equal(0, kernel.Watch(events), "watch cgroup.events");
        Check.Equal(0, kernel.WriteControl(cgroup, "cgroup.freeze"u8, "1"u8), "write cgroup.freeze");
        kernel.AwaitContent(events, "frozen 1\n");
        Check.Equal(0, kernel.WriteControl(cgroup, "cgroup.freeze"u8, "0"u8), "write cgroup.freeze to thaw");
        kernel.AwaitContent(events, "frozen 0\n");
        kernel.Close(events);
        kernel.Close(cgroup);
    }

    private static void Populated(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var pid = stage.StartProcess("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var events = kernel.OpenControl(cgroup, "cgroup.events");
        Check.Equal(0, kernel.Watch(events), "watch cgroup.events that was never read");
        kernel.ExpectNothing(events, "nothing has changed yet");
        stage.EndProcess(pid);
        kernel.AwaitContent(events, "populated 0\n");
        kernel.Close(events);
        kernel.Close(cgroup);
    }

    // The kernel passes changes on at most every 10 ms and drops the one that is due when the cgroup goes.
    private static void EventsGone(IKernel kernel, IKernelStage stage)
    {
        stage.CreateCgroup("a");
        var pid = stage.StartProcess("a");
        var cgroup = kernel.OpenCgroup(stage, "a");
        var events = kernel.OpenControl(cgroup, "cgroup.events");
        Check.Equal(0, kernel.Watch(events), "watch cgroup.events");
        stage.EndProcess(pid);
        stage.Reap(pid);
        stage.RemoveCgroup("a");
        var reported = new WaitEvent[4];
        var count = 0;
        var deadlineUsec = kernel.NowUsec + 100_000;
        while (kernel.NowUsec < deadlineUsec)
        {
            foreach (var waitEvent in reported.AsSpan(0, kernel.Wait(deadlineUsec, reported)))
            {
                Check.True(waitEvent == new WaitEvent(WaitKind.Gone, events), "the event is that it is gone");
                count++;
            }
        }

        Check.True(count <= 1, "gone is reported once at most");
        Check.Fails(Errno.ENODEV, kernel.Read(events, new byte[64]), "read the file of the removed cgroup");
        kernel.Close(events);
        kernel.Close(cgroup);
    }
}
