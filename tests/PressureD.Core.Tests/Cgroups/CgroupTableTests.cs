using System;
using System.Linq;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Tests.Loop;

namespace PressureD.Core.Tests.Cgroups;

public sealed class CgroupTableTests
{
    private readonly ReplayKernel _kernel = new();
    private readonly CgroupTable _table;

    public CgroupTableTests() => _table = new CgroupTable(_kernel);

    [Fact]
    public void Finds_the_whole_tree_parents_first()
    {
        ReplayCgroup a = _kernel.Root.Add("a", 2);
        a.Add("b", 3).Add("c", 4);
        _kernel.Root.Add("d", 5);
        _table.Refresh();
        Assert.Equal(["", "a", "d", "a/b", "a/b/c"], Paths().OrderBy(path => path.Count(c => c == '/')).ThenBy(path => path));
        CgroupSlot[] slots = _table.Slots.ToArray();
        foreach (CgroupSlot slot in slots)
            Assert.True(slot.Parent is null || Array.IndexOf(slots, slot.Parent) < Array.IndexOf(slots, slot));
        Assert.False(_table.Find("a"u8)!.IsLeaf);
        Assert.True(_table.Find("a/b/c"u8)!.IsLeaf);
        Assert.True(_table.Find("a/b/c"u8)!.IsWithin(_table.Find("a"u8)!));
        Assert.False(_table.Find("d"u8)!.IsWithin(_table.Find("a"u8)!));
    }

    [Fact]
    public void One_that_went_takes_those_below_along_and_is_told_of_once()
    {
        ReplayCgroup a = _kernel.Root.Add("a", 2);
        a.Add("b", 3);
        _table.Refresh();
        var removed = new System.Collections.Generic.List<string>();
        _table.Removed = slot => removed.Add(Encoding.UTF8.GetString(slot.Path));
        _kernel.Root.Remove(a);
        _table.Refresh();
        Assert.Equal(["a/b", "a"], removed);
        Assert.Equal([""], Paths());
        Assert.Equal(1, _kernel.OpenDescriptors);
    }

    [Fact]
    public void A_user_who_makes_cgroups_without_end_costs_a_bounded_number_of_descriptors_and_hides_nobody_above()
    {
        ReplayCgroup user = _kernel.Root.Add("user", 2);
        for (int i = 0; i < 5; i++)
        {
            ReplayCgroup flood = user.Add($"flood{i}", 10 + i);
            for (int j = 0; j < 2000; j++)
                flood.Add($"{j}", 100 + (i * 2000) + j);
        }

        _kernel.Root.Add("system", 4).Add("database", 5);
        _table.Refresh();
        Assert.Equal(CgroupTable.MaxSlots, _table.Slots.Length);
        Assert.Equal(CgroupTable.MaxSlots, _kernel.OpenDescriptors);
        Assert.True(_table.IsTruncated);
        Assert.NotNull(_table.Find("system/database"u8));
        Assert.False(_table.Find("user/flood4"u8)!.IsLeaf);
    }

    [Fact]
    public void One_made_again_by_the_same_name_has_another_identity()
    {
        ReplayCgroup a = _kernel.Root.Add("a", 2);
        _table.Refresh();
        _kernel.Root.Remove(a);
        _kernel.Root.Add("a", 7);
        _table.Refresh();
        _table.Refresh();
        Assert.Equal(7, _table.Find("a"u8)!.Identity);
    }

    [Fact]
    public void A_listing_that_fails_for_a_moment_forgets_nobody()
    {
        ReplayCgroup a = _kernel.Root.Add("a", 2);
        a.Add("b", 3).Add("c", 4);
        _table.Refresh();
        _table.Removed = slot => Assert.Fail(Encoding.UTF8.GetString(slot.Path));
        a.ListErrno = Errno.ENOMEM;
        _table.Refresh();
        _kernel.Root.ListErrno = Errno.ENOMEM;
        _table.Refresh();
        Assert.Equal(4, _table.Slots.Length);
        Assert.False(_table.Find("a"u8)!.IsLeaf);
    }

    [Fact]
    public void One_that_cannot_be_opened_still_makes_its_parent_no_leaf()
    {
        ReplayCgroup a = _kernel.Root.Add("a", 2);
        ReplayCgroup b = a.Add("b", 3);
        b.OpenErrno = Errno.EMFILE;
        _table.Refresh();
        Assert.Null(_table.Find("a/b"u8));
        Assert.False(_table.Find("a"u8)!.IsLeaf);
        b.OpenErrno = 0;
        _table.Refresh();
        Assert.NotNull(_table.Find("a/b"u8));
    }

    [Fact]
    public void One_that_cannot_be_told_apart_for_a_moment_is_found_by_the_next_refresh()
    {
        ReplayCgroup a = _kernel.Root.Add("a", 2);
        _kernel.Root.IdentityErrno = Errno.EIO;
        _table.Refresh();
        Assert.Equal((0, 0), (_table.Slots.Length, _kernel.OpenDescriptors));
        _kernel.Root.IdentityErrno = 0;
        a.IdentityErrno = Errno.ENOMEM;
        _table.Refresh();
        Assert.Equal((1, 1), (_table.Slots.Length, _kernel.OpenDescriptors));
        Assert.False(_table.Find(""u8)!.IsLeaf);
        a.IdentityErrno = 0;
        _table.Refresh();
        Assert.Equal(2, _table.Find("a"u8)!.Identity);
    }

    [Fact]
    public void Without_cgroup2_it_is_empty()
    {
        _table.Dispose();
        Assert.Equal(0, _table.Slots.Length);
        Assert.Equal(0, _kernel.OpenDescriptors);
    }

    private string[] Paths() => Array.ConvertAll(_table.Slots.ToArray(), slot => Encoding.UTF8.GetString(slot.Path));
}
