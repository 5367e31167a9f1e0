using PressureD.Core.Policy;
using PressureD.Yaml.Schema;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>Every key of a scenario file; what is not in these tables is an error.</summary>
public static class ScenarioSchema
{
    public static KeyTable SwapDevice { get; } = new("a swap device",
        new KeySpec("size", KeyType.Size, "How much it takes.") { Required = true },
        new KeySpec("name", KeyType.Text, "Its path. Default: /dev/vdb, or /dev/zram0."),
        new KeySpec("priority", KeyType.Integer, "0 to 32767; the highest is used first. Default: as the kernel."),
        new KeySpec("file", KeyType.Flag, "A file rather than a partition."));

    public static KeyTable Zram { get; } = new("a zram device",
        new KeySpec("size", KeyType.Size, "How much it takes before compression.") { Required = true },
        new KeySpec("ratio", KeyType.Percentage, "Size before compression by size after: 250% halves and more. "
            + "Default: 250%."),
        new KeySpec("incompressible", KeyType.Percentage, "Share of pages that do not shrink. Default: 10%."),
        new KeySpec("compress", KeyType.Duration, "Processor time of 1000 pages stored. Default: 3ms."),
        new KeySpec("decompress", KeyType.Duration, "Processor time of 1000 pages read. Default: 1.5ms."),
        new KeySpec("priority", KeyType.Integer, "0 to 32767. Default: 100."));

    public static KeyTable Zswap { get; } = new("zswap",
        new KeySpec("max-pool", KeyType.Percentage, "What its pool may take of memory, in whole percent (the kernel's "
            + "max_pool_percent). Default: 20%."),
        new KeySpec("ratio", KeyType.Percentage, "Size before compression by size after. Default: 250%."),
        new KeySpec("incompressible", KeyType.Percentage, "Share of pages that do not shrink, and go to the disk. "
            + "Default: 10%."),
        new KeySpec("compress", KeyType.Duration, "Processor time of 1000 pages stored. Default: 3ms."),
        new KeySpec("decompress", KeyType.Duration, "Processor time of 1000 pages read. Default: 1.5ms."));

    public static KeyTable Disk { get; } = new("a disk",
        new KeySpec("iops", KeyType.Frequency, "Operations a second. Default: 2000/s."),
        new KeySpec("latency", KeyType.Duration, "Of a read on the idle disk, beyond its service time. "
            + "Default: 0.2ms."),
        new KeySpec("swap-cluster", KeyType.Integer, "Pages to one operation of swap-out. 1 to 256, default 2."));

    public static KeyTable Machine { get; } = new("a machine",
        new KeySpec("ram", KeyType.Size, "MemTotal. Default: 1GiB."),
        new KeySpec("cpus", KeyType.Integer, "1 to 1024. Default: 2."),
        new KeySpec("kernel", KeyType.Choice, "Which kernel's files it has. Default: 6.1.")
        {
            Choices = ["5.10", "6.1", "6.6", "6.12", "6.18"],
        },
        new KeySpec("lru", KeyType.Choice, "How reclaim ages pages. Default: as the kernel's distribution has it.")
        {
            Choices = ["classic", "generations"],
        },
        new KeySpec("cgroups", KeyType.Choice, "How cgroup v2 is mounted. Default: unified.")
        {
            Choices = ["unified", "hybrid", "none"],
        },
        new KeySpec("psi", KeyType.Flag, "Whether the kernel has PSI. Default: true."),
        new KeySpec("swap", KeyType.MappingList, "Swap devices on the disk; a single size is one of them. Default: "
            + "none.")
        {
            Table = SwapDevice,
            OrText = true,
        },
        new KeySpec("zram", KeyType.Mapping, "Compressed swap in memory. Default: none.") { Table = Zram },
        new KeySpec("zswap", KeyType.Mapping, "Compresses in memory what goes to swap on the disk, until its pool is "
            + "full. Default: switched off.")
        {
            Table = Zswap,
        },
        new KeySpec("swappiness", KeyType.Integer, "0 to 200. Default: 60."),
        new KeySpec("disk", KeyType.Mapping, "The disk that files and swap share.") { Table = Disk },
        new KeySpec("kernel-memory", KeyType.Size, "What the kernel itself holds. Default: 72MiB."),
        new KeySpec("slab", KeyType.Size, "Reclaimable slab. Default: 16MiB."),
        new KeySpec("boot-cache", KeyType.Size, "Page cache that nobody uses. Default: 80MiB."),
        new KeySpec("min-free", KeyType.Size, "vm.min_free_kbytes, which transparent huge pages raise, to 44MiB on a "
            + "machine of up to 4 GiB. Default: by the kernel's formula without them."),
        new KeySpec("slowdown", KeyType.Integer, "Processors are so much slower: 1 to 100. Default: 1."));

    public static KeyTable Cgroup { get; } = new("a cgroup",
        new KeySpec("path", KeyType.Text, "From the root, without a leading slash.") { Required = true },
        new KeySpec("memory.min", KeyType.Text, "Protected memory: a size."),
        new KeySpec("memory.low", KeyType.Text, "Memory protected as long as possible: a size."),
        new KeySpec("memory.high", KeyType.Text, "Where it is throttled: a size or max."),
        new KeySpec("memory.max", KeyType.Text, "Its limit: a size or max."),
        new KeySpec("memory.swap.max", KeyType.Text, "Its limit of swap: a size or max."),
        new KeySpec("memory.oom.group", KeyType.Flag, "Killed as a whole."),
        new KeySpec("pids.max", KeyType.Text, "Its limit of processes: a number or max."),
        new KeySpec("xattrs", KeyType.Mapping, "Extended attributes: names with values."));

    public static KeyTable Leak { get; } = new("a leak",
        new KeySpec("rate", KeyType.Speed, "New memory a second.") { Required = true },
        new KeySpec("shape", KeyType.Choice, "How it comes from 'rate' to 'to' in the time 'over': ramp by equal "
            + "amounts, exponential by equal factors, step at once when the time is over. Default: constant, it does "
            + "not.")
        {
            Choices = ["constant", "ramp", "exponential", "step"],
        },
        new KeySpec("to", KeyType.Speed, "New memory a second after 'over', and from then on."),
        new KeySpec("over", KeyType.Duration, "From 'rate' to 'to'."),
        new KeySpec("used", KeyType.Percentage, "Share of it that is used again, each page within 5s. Default: 0%."),
        new KeySpec("ceiling", KeyType.Size, "Where it stops and holds. Default: never."));

    public static KeyTable Spike { get; } = new("a spike",
        new KeySpec("base", KeyType.Size, "Memory that it always holds. Default: 0B."),
        new KeySpec("peak", KeyType.Size, "What it rises to.") { Required = true },
        new KeySpec("rise", KeyType.Duration, "How long that takes. Default: as fast as the processor can."),
        new KeySpec("hold", KeyType.Duration, "How long it stays there. Default: 5s."),
        new KeySpec("fall", KeyType.Duration, "How long it takes to give back all above 'base'. Default: at once."),
        new KeySpec("period", KeyType.Duration, "From one rise to the next. Default: it exits instead."));

    public static KeyTable HotSet { get; } = new("a hot set",
        new KeySpec("size", KeyType.Size, "Filled, then touched at random.") { Required = true },
        new KeySpec("touches", KeyType.Frequency, "Page touches a second. Default: as fast as it can."),
        new KeySpec("cold", KeyType.Size, "Another set, filled after it. Default: none."),
        new KeySpec("cold-touches", KeyType.Frequency, "Page touches a second of that one. Default: never."),
        new KeySpec("writes", KeyType.Percentage, "Share of touches that write. What is only read keeps its copy on a "
            + "swap that is not half full, and is thrown out again without being written. Default: 100%."),
        new KeySpec("fill", KeyType.Speed, "How fast it is filled. Default: as fast as it can."));

    public static KeyTable CacheReader { get; } = new("a cache reader",
        new KeySpec("size", KeyType.Size, "Of the files that it reads at random.") { Required = true },
        new KeySpec("reads", KeyType.Frequency, "Page reads a second. Default: as fast as it can."),
        new KeySpec("cached", KeyType.Flag, "Its files are in memory when it starts."));

    public static KeyTable Stream { get; } = new("a stream",
        new KeySpec("rate", KeyType.Speed, "Read a second.") { Required = true },
        new KeySpec("size", KeyType.Size, "Of the file, read from end to end again and again.") { Required = true },
        new KeySpec("reuse", KeyType.Percentage, "Share of reads that are of pages read before. Default: 0%."));

    public static KeyTable Writer { get; } = new("a writer",
        new KeySpec("rate", KeyType.Speed, "Written a second, less while a fifth of what is available is dirty.")
        {
            Required = true,
        },
        new KeySpec("fsync", KeyType.Duration, "From one wait until all is on the disk to the next. Default: never."),
        new KeySpec("ceiling", KeyType.Size, "Where it stops. Default: never."));

    public static KeyTable Mlock { get; } = new("locked memory",
        new KeySpec("size", KeyType.Size, "Memory that no reclaim takes.") { Required = true },
        new KeySpec("fill", KeyType.Speed, "How fast it is filled. Default: as fast as it can."));

    public static KeyTable Reactive { get; } = new("a reactive cache",
        new KeySpec("size", KeyType.Size, "What its cache grows to.") { Required = true },
        new KeySpec("fill", KeyType.Speed, "How fast it is filled. Default: as fast as it can."),
        new KeySpec("watches", KeyType.Choice, "Whose memory pressure it hears of. Default: cgroup, its own.")
        {
            Choices = ["cgroup", "machine"],
        },
        new KeySpec("stall", KeyType.Duration, "Stall (some) within 2s that it hears of: at most 2s. Default: 200ms, "
            + "as systemd has it for MEMORY_PRESSURE_WATCH."),
        new KeySpec("delay", KeyType.Duration, "From then until it lets go. Default: 100ms."),
        new KeySpec("sheds", KeyType.Percentage, "Share of the cache that it lets go of. Default: 50%."),
        new KeySpec("pause", KeyType.Duration, "How long it does not fill the cache after that. Default: 10s."));

    public static KeyTable Forks { get; } = new("forks",
        new KeySpec("rate", KeyType.Frequency, "Children a second. One that pids.max or the machine's limit of tasks, "
            + "one for 128 KiB, refuses is not made up for.")
        {
            Required = true,
        },
        new KeySpec("memory", KeyType.Size, "What each of them takes, beyond its stack and page tables. Default: "
            + "1MiB."),
        new KeySpec("life", KeyType.Duration, "How long each of them lives. Default: until it is killed."),
        new KeySpec("bomb", KeyType.Flag, "Children do the same. Default: false."));

    public static KeyTable Copy { get; } = new("a file copy",
        new KeySpec("size", KeyType.Size, "Read in sequence and written, then it exits.") { Required = true });

    public static KeyTable Tmpfs { get; } = new("a tmpfs filler",
        new KeySpec("rate", KeyType.Speed, "Written a second.") { Required = true },
        new KeySpec("ceiling", KeyType.Size, "Where it stops.") { Required = true });

    public static KeyTable Probe { get; } = new("a probe",
        new KeySpec("period", KeyType.Duration, "From round to round. Default: 20ms."),
        new KeySpec("memory", KeyType.Size, "Its own memory, of which it touches 256 pages a round. Default: 32MiB."),
        new KeySpec("files", KeyType.Size, "Files of which it reads a page a round. Default: 64MiB."));

    public static KeyTable Sawtooth { get; } = new("a sawtooth",
        new KeySpec("base", KeyType.Size, "Memory that it always holds. Default: 0B."),
        new KeySpec("peak", KeyType.Size, "Up to where it grows before it gives back.") { Required = true },
        new KeySpec("rate", KeyType.Speed, "How fast it grows.") { Required = true });

    public static KeyTable Build { get; } = new("a build",
        new KeySpec("jobs", KeyType.Integer, "Compilers at a time: 1 to 64. Default: 4."),
        new KeySpec("memory", KeyType.Size, "What each of them grows to. Default: 60MiB."),
        new KeySpec("time", KeyType.Duration, "Processor time of each. Default: 1s."),
        new KeySpec("units", KeyType.Integer, "How many altogether, then it exits. Default: 1000. Those that pids.max "
            + "refuses are tried again."));

    public static KeyTable Restarts { get; } = new("a restart loop",
        new KeySpec("memory", KeyType.Size, "What each life grows to. Default: 60MiB."),
        new KeySpec("rate", KeyType.Speed, "How fast. Default: 100MiB/s."),
        new KeySpec("life", KeyType.Duration, "How long one runs. Default: 1s."),
        new KeySpec("pause", KeyType.Duration, "Until the next. Default: 100ms."));

    public static KeyTable Process { get; } = new("a process",
        new KeySpec("name", KeyType.Text, "What this file calls it.") { Required = true },
        new KeySpec("comm", KeyType.Text, "The kernel's name of it, at most 15 bytes. Default: its name."),
        new KeySpec("cgroup", KeyType.Text, "Where it runs, without a leading slash.") { Required = true },
        new KeySpec("args", KeyType.TextList, "Its command line."),
        new KeySpec("exe", KeyType.Text, "Its program. Default: /usr/bin/ and its comm."),
        new KeySpec("pid", KeyType.Integer, "Its process id. Default: the next one."),
        new KeySpec("uid", KeyType.Integer, "Its user. Default: 1000."),
        new KeySpec("oom-score-adj", KeyType.Text, "-1000 to 1000. Default: 0."),
        new KeySpec("anon", KeyType.Size, "Private memory that it holds and does not use."),
        new KeySpec("swapped", KeyType.Size, "Private memory that is on swap from the start."),
        new KeySpec("file", KeyType.Size, "Program text and mapped files, needed by what does something."),
        new KeySpec("shmem", KeyType.Size, "Shared memory, which its death does not free."),
        new KeySpec("ignores-term", KeyType.Flag, "SIGTERM does nothing to it."),
        new KeySpec("leaderless", KeyType.Flag, "Its main thread has ended: only the others' files show its memory."),
        new KeySpec("term-latency", KeyType.Duration, "From SIGTERM to its exit. Default: 2ms."),
        new KeySpec("starts", KeyType.Duration, "When: where there is no room for what it holds, it takes "
            + "that by faults, as all do. Default: at the beginning, when there must be room."),
        new KeySpec("count", KeyType.Integer, "So many alike: 1 to 1000. In 'comm' and 'cgroup', {n} is the number "
            + "of each."),
        new KeySpec("every", KeyType.Duration, "From one start to the next. Default: 0s."),
        new KeySpec("leak", KeyType.Mapping, "Allocates at a rate and gives nothing back.") { Table = Leak },
        new KeySpec("spike", KeyType.Mapping, "Rises to a peak, holds it, falls; once or again and again.")
        {
            Table = Spike,
        },
        new KeySpec("hot-set", KeyType.Mapping, "Uses a set of private memory.") { Table = HotSet },
        new KeySpec("mlock", KeyType.Mapping, "Locks memory.") { Table = Mlock },
        new KeySpec("reactive", KeyType.Mapping, "Holds a cache and obeys memory pressure.") { Table = Reactive },
        new KeySpec("cache-reader", KeyType.Mapping, "Reads files at random.") { Table = CacheReader },
        new KeySpec("stream", KeyType.Mapping, "Reads a file from end to end, again and again.") { Table = Stream },
        new KeySpec("writer", KeyType.Mapping, "Writes a file.") { Table = Writer },
        new KeySpec("copy", KeyType.Mapping, "Copies a file.") { Table = Copy },
        new KeySpec("tmpfs", KeyType.Mapping, "Writes into a tmpfs.") { Table = Tmpfs },
        new KeySpec("probe", KeyType.Mapping, "The innocent one whose waiting is measured.") { Table = Probe },
        new KeySpec("sawtooth", KeyType.Mapping, "Grows and gives back, as a heap with a collector.")
        {
            Table = Sawtooth,
        },
        new KeySpec("build", KeyType.Mapping, "Starts compilers.") { Table = Build },
        new KeySpec("forks", KeyType.Mapping, "Starts processes at a rate, as a fork bomb does.") { Table = Forks },
        new KeySpec("restarts", KeyType.Mapping, "A service that ends and is started again.") { Table = Restarts });

    public static KeyTable Script { get; } = new("a script entry",
        new KeySpec("at", KeyType.Duration, "When.") { Required = true },
        new KeySpec("every", KeyType.Duration, "From one value of a list to the next. Default: 1s."),
        new KeySpec("cgroup", KeyType.Text, "Whose files 'values', 'psi' and 'file' mean. Left out: the machine's."),
        new KeySpec("meminfo", KeyType.Mapping, "Values of /proc/meminfo: sizes, or lists of sizes over time."),
        new KeySpec("vmstat", KeyType.Mapping, "Counters of /proc/vmstat: numbers, or lists of them."),
        new KeySpec("values", KeyType.Mapping, "Control files of the cgroup, or file/key of keyed ones: sizes, "
            + "numbers, max, or lists of them."),
        new KeySpec("psi", KeyType.Choice, "A pressure file, by 'some' and 'full'.")
        {
            Choices = ["memory", "io", "cpu"],
        },
        new KeySpec("some", KeyType.Percentage, "some avg10 of 'psi'. Default: as 'full'."),
        new KeySpec("full", KeyType.Percentage, "full avg10 of 'psi'. Default: 0%."),
        new KeySpec("some-total", KeyType.Duration, "Total of the some line. Default: 0s."),
        new KeySpec("full-total", KeyType.Duration, "Total of the full line. Default: 0s."),
        new KeySpec("stall", KeyType.Choice, "Adds stall of 'share' from now on: averages follow as the kernel "
            + "computes them.")
        {
            Choices = ["memory-some", "memory-full", "io-some", "io-full", "cpu-some", "cpu-full"],
        },
        new KeySpec("share", KeyType.Percentage, "Of time; 0% ends 'stall'."),
        new KeySpec("file", KeyType.Text, "A file, by its path or by its name in 'cgroup'."),
        new KeySpec("content", KeyType.Text, "What the file contains; a newline is added."),
        new KeySpec("errno", KeyType.Choice, "What opening and reading the file answers.")
        {
            Choices = ErrnoNames.All,
        },
        new KeySpec("restore", KeyType.Flag, "The file is the machine's own again."),
        new KeySpec("write", KeyType.Text, "Written into the file as the machine's owner does it."),
        new KeySpec("make-cgroup", KeyType.Text, "A cgroup appears."),
        new KeySpec("remove-cgroup", KeyType.Text, "A cgroup disappears; its processes must have ended."),
        new KeySpec("exit", KeyType.Text, "Processes of this name exit by themselves."));

    public static KeyTable Fault { get; } = new("a fault",
        new KeySpec("call", KeyType.Choice, "Calls that fail.") { Choices = CallNames.All },
        new KeySpec("path", KeyType.Text, "How the path ends that they are about. Default: any."),
        new KeySpec("errno", KeyType.Choice, "What they answer.") { Choices = ErrnoNames.All },
        new KeySpec("times", KeyType.Integer, "So many of them. Default: 1."),
        new KeySpec("from", KeyType.Duration, "From when on. Default: the beginning."),
        new KeySpec("late-wake", KeyType.Duration, "The daemon gets a processor so much later."),
        new KeySpec("clock-gap", KeyType.Duration, "The clock jumps while nothing happens."),
        new KeySpec("stuck", KeyType.Text, "Processes of this name hang when they are killed,"),
        new KeySpec("for", KeyType.Duration, "for so long."),
        new KeySpec("restart", KeyType.Duration, "When the daemon is killed and started again."),
        new KeySpec("seed", KeyType.Integer, "Faults of all kinds, drawn from this number."),
        new KeySpec("until", KeyType.Duration, "Of 'seed': until when. Default: the end."));

    public static KeyTable Daemon { get; } = new("the daemon",
        new KeySpec("dry-run", KeyType.Flag, "It only says what it would do."),
        new KeySpec("wake-latency", KeyType.Duration, "From an event to its step. Default: grows with the load."),
        new KeySpec("uid", KeyType.Integer, "Its user. Default: 0."),
        new KeySpec("kill-capability", KeyType.Flag, "CAP_KILL. Default: true."),
        new KeySpec("resource-capability", KeyType.Flag, "CAP_SYS_RESOURCE. Default: true."),
        new KeySpec("admin-capability", KeyType.Flag, "CAP_SYS_ADMIN. Default: true."),
        new KeySpec("container", KeyType.Flag, "It is inside a container."));

    public static KeyTable Victim { get; } = new("an expected victim",
        new KeySpec("name", KeyType.Text, "A process by its name in this file."),
        new KeySpec("cgroup", KeyType.Text, "Or everybody in a cgroup."),
        new KeySpec("at-least", KeyType.Integer, "So many in a row. Default: 1."),
        new KeySpec("at-most", KeyType.Integer, "Default: 1; of a cgroup, and with 'at-least', any number."),
        new KeySpec("after", KeyType.Duration, "The first signal does not come earlier."),
        new KeySpec("before", KeyType.Duration, "The first signal does not come later."),
        new KeySpec("dead-by", KeyType.Duration, "It has ended by then."),
        new KeySpec("signal", KeyType.Choice, "The first signal.") { Choices = ["TERM", "KILL"] },
        new KeySpec("last-signal", KeyType.Choice, "The last signal.") { Choices = ["TERM", "KILL"] },
        new KeySpec("rule", KeyType.Text, "The rule that takes it."));

    public static KeyTable Fired { get; } = new("an expected rule",
        new KeySpec("rule", KeyType.Text, "Its name.") { Required = true },
        new KeySpec("cgroup", KeyType.Text, "For this match only."),
        new KeySpec("after", KeyType.Duration, "Not earlier."),
        new KeySpec("before", KeyType.Duration, "Not later."),
        new KeySpec("at-least", KeyType.Integer, "So often. Default: 1."),
        new KeySpec("at-most", KeyType.Integer, "Not oftener. Default: any."));

    public static KeyTable Level { get; } = new("an expected level",
        new KeySpec("at", KeyType.Duration, "When.") { Required = true },
        new KeySpec("is", KeyType.Choice, "Which.") { Required = true, Choices = PressureLevelName.All });

    public static KeyTable Stall { get; } = new("an expected stall",
        new KeySpec("of", KeyType.Text, "A process by its name in this file.") { Required = true },
        new KeySpec("longest", KeyType.Duration, "Of a probe: at most so late at once."),
        new KeySpec("total", KeyType.Duration, "At most so much together."));

    public static KeyTable Finish { get; } = new("an expected end",
        new KeySpec("name", KeyType.Text, "A process by its name in this file.") { Required = true },
        new KeySpec("before", KeyType.Duration, "By when. Default: the end."));

    public static KeyTable Content { get; } = new("an expected content",
        new KeySpec("cgroup", KeyType.Text, "Whose control file.") { Required = true },
        new KeySpec("file", KeyType.Text, "Its name.") { Required = true },
        new KeySpec("at", KeyType.Duration, "When. Default: at the end."),
        new KeySpec("is", KeyType.Text, "What it contains: a size is turned into bytes."),
        new KeySpec("is-not", KeyType.Text, "What it does not contain."));

    public static KeyTable Expect { get; } = new("expectations",
        new KeySpec("victims", KeyType.MappingList, "Whom the daemon signals, in this order and nobody else; names, or "
            + "entries with details; 'any'. Default: nobody.")
        {
            Table = Victim,
            OrText = true,
        },
        new KeySpec("never", KeyType.TextList, "Processes that are neither signalled nor killed by the kernel."),
        new KeySpec("finished", KeyType.MappingList, "Processes that end by themselves; names, or entries with "
            + "details.")
        {
            Table = Finish,
            OrText = true,
        },
        new KeySpec("fired", KeyType.MappingList, "Rules that fire; names, or entries with details.")
        {
            Table = Fired,
            OrText = true,
        },
        new KeySpec("not-fired", KeyType.TextList, "Rules that do not fire."),
        new KeySpec("highest-level", KeyType.Choice, "The highest level that is told.")
        {
            Choices = PressureLevelName.All,
        },
        new KeySpec("levels", KeyType.MappingList, "The level at moments.") { Table = Level },
        new KeySpec("stall", KeyType.MappingList, "How long processes may be stalled.") { Table = Stall },
        new KeySpec("untouched", KeyType.TextList, "Patterns of cgroups in which nothing is written or signalled."),
        new KeySpec("contents", KeyType.MappingList, "Control files and what they contain.") { Table = Content },
        new KeySpec("kernel-oom", KeyType.Choice, "Whether the kernel's own killer acts. Default: false.")
        {
            Choices = ["false", "true", "any"],
        },
        new KeySpec("said", KeyType.TextList, "Parts of lines that the daemon writes."),
        new KeySpec("not-said", KeyType.TextList, "Parts of lines that it does not write."));

    public static KeyTable Top { get; } = new("a scenario",
        new KeySpec("title", KeyType.Text, "What it shows, in one line.") { Required = true },
        new KeySpec("policy", KeyType.Policy, "shipped, none, a preset such as server, which lies on shipped, a file "
            + "beside this one, keys of a policy, or a list of these as layers. Default: shipped."),
        new KeySpec("duration", KeyType.Duration, "How long it runs: at most 24 h.") { Required = true },
        new KeySpec("seed", KeyType.Integer, "For pseudo-random choices. Default: 1."),
        new KeySpec("machine", KeyType.Mapping, "The machine.") { Table = Machine },
        new KeySpec("cgroups", KeyType.MappingList, "Cgroups with limits.") { Table = Cgroup },
        new KeySpec("processes", KeyType.MappingList, "Who is there and what they do.") { Table = Process },
        new KeySpec("script", KeyType.MappingList, "What files say, and what else happens.") { Table = Script },
        new KeySpec("faults", KeyType.MappingList, "What goes wrong.") { Table = Fault },
        new KeySpec("daemon", KeyType.Mapping, "The daemon's place on the machine.") { Table = Daemon },
        new KeySpec("expect", KeyType.Mapping, "What must come of it.") { Table = Expect });
}
