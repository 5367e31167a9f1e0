namespace PressureD.Linux.Tests;

public sealed class MountTableTests
{
    private const string Unified =
        "22 27 0:20 / /proc rw,nosuid shared:12 - proc proc rw\n"
        + "29 25 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n";

    private const string Hybrid =
        "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
        + "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
        + "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

    private const string Container =
        "812 799 0:26 /docker/abc /sys/fs/cgroup ro,nosuid master:9 - cgroup2 cgroup rw\n";

    [Theory]
    [InlineData(Unified, "/sys/fs/cgroup", "/", false)]
    [InlineData(Hybrid, "/sys/fs/cgroup/unified", "/", true)]
    [InlineData(Container, "/sys/fs/cgroup", "/docker/abc", false)]
    [InlineData("35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "", "", true)]
    [InlineData("1 2 0:3 / /mnt/with\\040blank\\134 rw - cgroup2 none rw", "/mnt/with blank\\", "/", false)]
    [InlineData("1 2 0:3 / /mnt/cut\\04 rw - cgroup2 none rw", "/mnt/cut\\04", "/", false)]
    [InlineData("", "", "", false)]
    [InlineData("nonsense\n - cgroup2\n", "", "", false)]
    public void Finds_the_cgroup2_mount(string mountInfo, string mount, string root, bool hasV1) =>
        Assert.Equal(new MountTable(mount, root, hasV1), MountTable.Parse(mountInfo));

    [Fact]
    public void Prefers_the_usual_place_among_several_mounts()
    {
        var other = "90 25 0:26 / /run/other rw - cgroup2 cgroup2 rw\n";
        Assert.Equal("/sys/fs/cgroup", MountTable.Parse(other + Unified).Mount);
        Assert.Equal("/sys/fs/cgroup", MountTable.Parse(Unified + other).Mount);
    }

    [Theory]
    [InlineData(Unified, "0::/system.slice/pressured.service\n", "/system.slice/pressured.service")]
    [InlineData(Unified, "0::/\n", "/")]
    [InlineData(Unified, "0::/../outside\n", "")]
    [InlineData(Hybrid, "9:name=systemd:/a\n4:memory:/b\n0::/c\n", "/c")]
    [InlineData(Hybrid, "4:memory:/b\n", "")]
    [InlineData(Container, "0::/docker/abc\n", "/")]
    [InlineData(Container, "0::/docker/abc/app\n", "/app")]
    [InlineData(Container, "0::/docker/abcdef\n", "/docker/abcdef")]
    [InlineData("", "0::/c\n", "")]
    public void Finds_the_own_cgroup_below_the_mounted_root(string mountInfo, string processCgroup, string expected) =>
        Assert.Equal(expected, MountTable.Parse(mountInfo).OwnCgroup(processCgroup));
}
