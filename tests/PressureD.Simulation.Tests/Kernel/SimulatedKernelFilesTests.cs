using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Kernel;

public class SimulatedKernelFilesTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void Meminfo_has_the_kernels_layout()
    {
        var kernel = Kernel(new MachineOptions { Swap = [new SwapDeviceOptions { SizeBytes = 512 * MiB }] });
        var lines = KernelText.Read(kernel, "/proc/meminfo").Split('\n');
        Assert.Equal("MemTotal:        1048576 kB", lines[0]);
        Assert.StartsWith("MemFree:  ", lines[1]);
        Assert.StartsWith("MemAvailable:  ", lines[2]);
        Assert.Contains("SwapTotal:        524288 kB", lines);
        Assert.Contains("CommitLimit:     1048576 kB", lines);
        Assert.Contains("HugePages_Total:       0", lines);
        foreach (var line in lines.Where(line => line.EndsWith(" kB") && !line.StartsWith("Vmalloc")))
            Assert.True(line.Length is 27 or 28, line);
    }

    [Fact]
    public void Swaps_has_its_header_always_and_escapes_names()
    {
        Assert.Equal("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n",
            KernelText.Read(Kernel(new MachineOptions()), "/proc/swaps"));
        var kernel = Kernel(new MachineOptions { Swap = [new SwapDeviceOptions { SizeBytes = 512 * MiB,
            Name = "/swap file", File = true }] });
        Assert.Contains("/swap\\040file", KernelText.Read(kernel, "/proc/swaps"));
        Assert.Contains("file\t\t524288\t\t0\t\t-2\n", KernelText.Read(kernel, "/proc/swaps"));
    }

    [Fact]
    public void Vmstat_counts_what_the_machine_does()
    {
        var kernel = Kernel(new MachineOptions { Swap = [new SwapDeviceOptions { SizeBytes = 1024 * MiB }] });
        kernel.Machine.Start(new ProcessOptions { Workload = new HotSetWorkload { SizeBytes = 1100 * MiB } });
        kernel.Wait(kernel.NowUsec + 20_000_000, new WaitEvent[1]);
        var vmstat = KernelText.Keyed(kernel, "/proc/vmstat");
        foreach (var key in (string[])["pswpin", "pswpout", "pgscan_direct", "pgscan_kswapd", "pgsteal_kswapd",
            "pgfault", "pgmajfault"])
            Assert.True(vmstat[key] > 0, key);
        Assert.True(vmstat["allocstall_normal"] + vmstat["allocstall_movable"] > 0);
        Assert.Equal(0, vmstat["oom_kill"]);
    }

    [Fact]
    public void Files_of_a_process_follow_its_life()
    {
        var kernel = Kernel(new MachineOptions());
        var process = kernel.Machine.Start(new ProcessOptions
        {
            Comm = "a) (b\nc", Uid = 1000, AnonBytes = 8 * MiB, OomScoreAdj = 100, ParentReaps = false,
        });
        var pid = process.Pid;
        var stat = KernelText.Process(kernel, pid, ProcessFile.Stat);
        Assert.StartsWith($"{pid} (a) (b\nc) S 1 {pid} {pid} 0 -1 4194304 ", stat);
        Assert.Equal(52, stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Length + 2);
        Assert.Contains("Name:\ta) (b\\nc\n", KernelText.Process(kernel, pid, ProcessFile.Status));
        Assert.Contains("Uid:\t1000\t1000\t1000\t1000\n", KernelText.Process(kernel, pid, ProcessFile.Status));
        Assert.Contains("VmRSS:\t    8192 kB\n", KernelText.Process(kernel, pid, ProcessFile.Status));
        Assert.Equal("2848 2048 0 178 0 2048 0\n", KernelText.Process(kernel, pid, ProcessFile.Statm));
        Assert.Equal("100\n", KernelText.Process(kernel, pid, ProcessFile.OomScoreAdj));
        Assert.Equal("738\n", KernelText.Process(kernel, pid, ProcessFile.OomScore));

        kernel.Machine.Signal(process, Signals.Kill);
        Assert.Equal("0 0 0 0 0 0 0\n", KernelText.Process(kernel, pid, ProcessFile.Statm));
        kernel.Machine.Advance(100_000);
        Assert.StartsWith($"{pid} (a) (b\nc) Z ", KernelText.Process(kernel, pid, ProcessFile.Stat));
        Assert.DoesNotContain("VmRSS", KernelText.Process(kernel, pid, ProcessFile.Status));
        kernel.Machine.Reap(process);
        Assert.Equal(-Errno.ENOENT, kernel.ReadProcess(pid, ProcessFile.Stat, new byte[10]));
    }

    [Fact]
    public void Kernel_threads_have_no_memory_and_no_score()
    {
        var kernel = Kernel(new MachineOptions());
        Assert.Equal("0 0 0 0 0 0 0\n", KernelText.Process(kernel, 3, ProcessFile.Statm));
        Assert.Equal("0\n", KernelText.Process(kernel, 3, ProcessFile.OomScore));
        Assert.Contains(" 2129984 ", KernelText.Process(kernel, 3, ProcessFile.Stat));
        Assert.Equal("0::/\n", KernelText.Process(kernel, 3, ProcessFile.Cgroup));
    }

    [Fact]
    public void A_small_process_without_adjustment_scores_666()
    {
        var kernel = Kernel(new MachineOptions());
        var process = kernel.Machine.Start(new ProcessOptions { AnonBytes = 4096 });
        Assert.Equal("666\n", KernelText.Process(kernel, process.Pid, ProcessFile.OomScore));
    }

    [Fact]
    public void The_root_cgroup_has_no_memory_files_but_pressure_and_stat()
    {
        var kernel = Kernel(new MachineOptions());
        foreach (var absent in (string[])["memory.current", "memory.max", "memory.events", "cgroup.events",
            "cgroup.kill", "cgroup.freeze", "memory.oom.group", "pids.current"])
            Assert.Equal(-Errno.ENOENT, KernelText.Open(kernel, "/sys/fs/cgroup/" + absent));
        Assert.StartsWith("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull ",
            KernelText.Read(kernel, "/sys/fs/cgroup/memory.pressure"));
        Assert.StartsWith("anon ", KernelText.Read(kernel, "/sys/fs/cgroup/memory.stat"));
    }

    [Theory]
    [InlineData("1000", "0\n")]
    [InlineData("50M", "52428800\n")]
    [InlineData("1G", "1073741824\n")]
    [InlineData("18446744073709551615", "max\n")]
    [InlineData("max", "max\n")]
    [InlineData("12345\n", "12288\n")]
    public void Limits_are_rounded_down_to_pages(string written, string read)
    {
        var kernel = Kernel(new MachineOptions());
        kernel.Machine.MakeCgroup("/a");
        var root = kernel.OpenCgroupRoot();
        var directory = kernel.OpenDirectory(root, "a"u8);
        Assert.Equal(0, kernel.WriteControl(directory, "memory.high"u8, Encoding.UTF8.GetBytes(written)));
        Assert.Equal(read, KernelText.Read(kernel, "/sys/fs/cgroup/a/memory.high"));
    }

    [Theory]
    [InlineData("memory.high", "50.5M")]
    [InlineData("memory.high", "5%")]
    [InlineData("memory.high", "-1")]
    [InlineData("memory.max", "")]
    [InlineData("memory.oom.group", "2")]
    [InlineData("memory.current", "0")]
    [InlineData("cgroup.freeze", "yes")]
    public void Values_that_no_kernel_takes_answer_einval(string name, string value)
    {
        var kernel = Kernel(new MachineOptions());
        kernel.Machine.MakeCgroup("/a");
        var directory = kernel.OpenDirectory(kernel.OpenCgroupRoot(), "a"u8);
        Assert.Equal(-Errno.EINVAL,
            kernel.WriteControl(directory, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value)));
    }

    [Fact]
    public void Cgroup_kill_opens_and_reads_as_einval()
    {
        var kernel = Kernel(new MachineOptions());
        kernel.Machine.MakeCgroup("/a");
        var file = KernelText.Open(kernel, "/sys/fs/cgroup/a/cgroup.kill");
        Assert.True(file >= 0);
        Assert.Equal(-Errno.EINVAL, kernel.Read(file, new byte[8]));
    }

    [Fact]
    public void Older_profiles_lack_what_came_later()
    {
        var kernel = Kernel(new MachineOptions { Profile = KernelProfile.Debian11 });
        kernel.Machine.MakeCgroup("/a");
        Assert.False(kernel.Features.CgroupKill);
        Assert.Equal(-Errno.ENOENT, KernelText.Open(kernel, "/sys/fs/cgroup/a/cgroup.kill"));
        Assert.Equal(-Errno.ENOENT, KernelText.Open(kernel, "/sys/fs/cgroup/a/memory.peak"));
        Assert.DoesNotContain("\nkernel ", KernelText.Read(kernel, "/sys/fs/cgroup/a/memory.stat"));
        Assert.DoesNotContain("full", KernelText.Read(kernel, "/proc/pressure/cpu"));
    }

    [Fact]
    public void A_hybrid_machine_has_pressure_and_no_memory_files()
    {
        var kernel = Kernel(new MachineOptions
        {
            Profile = KernelProfile.Debian12 with { Cgroups = CgroupMode.Hybrid,
                CgroupMount = "/sys/fs/cgroup/unified" },
        });
        kernel.Machine.MakeCgroup("/a");
        Assert.False(kernel.Features.MemoryController);
        Assert.StartsWith("some ", KernelText.Read(kernel, "/sys/fs/cgroup/unified/a/memory.pressure"));
        Assert.Equal(-Errno.ENOENT, KernelText.Open(kernel, "/sys/fs/cgroup/unified/a/memory.current"));
        Assert.EndsWith("0::/system.slice/pressured.service\n",
            KernelText.Process(kernel, kernel.Features.OwnPid, ProcessFile.Cgroup));
        var none = KernelProfile.Debian12 with { Cgroups = CgroupMode.None };
        Assert.Equal(-Errno.ENOENT, Kernel(new MachineOptions { Profile = none }).OpenCgroupRoot());
    }

    [Fact]
    public void The_boot_id_follows_from_the_seed()
    {
        var first = KernelText.Read(Kernel(new MachineOptions { Seed = 1 }), "/proc/sys/kernel/random/boot_id");
        Assert.Equal(first, KernelText.Read(Kernel(new MachineOptions { Seed = 1 }),
            "/proc/sys/kernel/random/boot_id"));
        Assert.NotEqual(first,
            KernelText.Read(Kernel(new MachineOptions { Seed = 2 }), "/proc/sys/kernel/random/boot_id"));
        Assert.True(Guid.TryParseExact(first.TrimEnd('\n'), "D", out _));
    }

    [Fact]
    public void Trusted_attributes_look_unset_without_privilege()
    {
        var machine = new SimulatedMachine(new MachineOptions());
        machine.MakeCgroup("/a");
        var root = new SimulatedKernel(machine);
        var service = new SimulatedKernel(machine,
            new SimulatedKernelOptions { AdminCapability = false, OwnComm = "other" });
        var rootDirectory = root.OpenDirectory(root.OpenCgroupRoot(), "a"u8);
        var serviceDirectory = service.OpenDirectory(service.OpenCgroupRoot(), "a"u8);
        Assert.Equal(0, root.SetXattr(rootDirectory, "trusted.oomd_avoid"u8, "1"u8));
        Assert.Equal(1, root.GetXattr(rootDirectory, "trusted.oomd_avoid"u8, new byte[4]));
        Assert.Equal(-Errno.ENODATA, service.GetXattr(serviceDirectory, "trusted.oomd_avoid"u8, new byte[4]));
        Assert.Equal(-Errno.EPERM, service.SetXattr(serviceDirectory, "trusted.oomd_kill"u8, "1"u8));
        Assert.Equal(-Errno.EOPNOTSUPP, root.GetXattr(rootDirectory, "system.acl"u8, new byte[4]));
    }

    [Fact]
    public void A_signal_to_another_user_needs_the_capability()
    {
        var machine = new SimulatedMachine(new MachineOptions());
        var other = machine.Start(new ProcessOptions { Uid = 1000 });
        var kernel = new SimulatedKernel(machine, new SimulatedKernelOptions { KillCapability = false, OwnUid = 990 });
        Assert.Equal(-Errno.EPERM, kernel.Signal(kernel.OpenProcess(other.Pid), Signals.Kill));
        Assert.True(other.IsAlive);
    }

    [Fact]
    public void A_recycled_pid_does_not_follow_an_old_handle()
    {
        var machine = new SimulatedMachine(new MachineOptions());
        var first = machine.Start(new ProcessOptions { Pid = 5000, Comm = "first", AnonBytes = MiB });
        var kernel = new SimulatedKernel(machine);
        var handle = kernel.OpenProcess(5000);
        machine.Signal(first, Signals.Kill);
        machine.Advance(100_000);
        var second = machine.Start(new ProcessOptions { Pid = 5000, Comm = "second", AnonBytes = MiB });
        Assert.Equal(-Errno.ESRCH, kernel.Signal(handle, Signals.Kill));
        Assert.True(second.IsAlive);
        Assert.Equal("second\n", KernelText.Process(kernel, 5000, ProcessFile.Comm));
    }

    [Fact]
    public void The_lowest_free_descriptor_is_used_again_and_their_number_is_bounded()
    {
        var kernel = new SimulatedKernel(
            new SimulatedMachine(new MachineOptions()), new SimulatedKernelOptions { DescriptorLimit = 6 });
        var opened = new List<int>();
        int file;
        while ((file = KernelText.Open(kernel, "/proc/meminfo")) >= 0) opened.Add(file);
        Assert.Equal(-Errno.EMFILE, file);
        Assert.Equal([3, 4, 5], opened);
        kernel.Close(4);
        Assert.Equal(4, KernelText.Open(kernel, "/proc/vmstat"));
    }

    private static SimulatedKernel Kernel(MachineOptions options) => new(new SimulatedMachine(options));
}
