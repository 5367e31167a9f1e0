using PressureD.Core.Policy;

namespace PressureD.Yaml.Schema;

/// <summary>
/// Every key of a policy file. The reader, the documentation and the JSON Schema take names, types and words from here;
/// what is not in these tables is an error.
/// </summary>
public static class PolicySchema
{
    public static KeyTable Matcher { get; } = new("a matcher",
        new KeySpec("comm", KeyType.Regex,
            "On the kernel's name of a process, at most 15 bytes. A process can change its own: do not protect by it "
            + "alone."),
        new KeySpec("exe", KeyType.Regex, "On the path of the executable file."),
        new KeySpec("cgroup", KeyType.CgroupPattern, "The candidate is in a cgroup that matches, or below one."),
        new KeySpec("unit", KeyType.Unit,
            "The candidate is in this unit of the system's service manager or below it; '*' stands for any text. "
            + "Units of users' managers are named by 'cgroup'."),
        new KeySpec("uid", KeyType.User, "The effective user, by name or number."),
        new KeySpec("cmdline", KeyType.Regex,
            "On the arguments, a space between two of them. A process can change its own."),
        new KeySpec("environ", KeyType.Regex,
            "On each NAME=value of the environment at its start, of which 4 KiB are read. Of other users' processes "
            + "CAP_SYS_PTRACE is needed; what cannot be read is protected."),
        new KeySpec("oom-score-adj", KeyType.Text, "On oom_score_adj: a comparison such as \">= 300\", or a number."),
        new KeySpec("xattr", KeyType.Text,
            "The candidate's cgroup, or one above it within its unit, has this extended attribute: one of trusted., or "
            + "one of user. on a cgroup that belongs to root."),
        new KeySpec("session-leader", KeyType.Flag, "The process that logind counts as the leader of a session."));

    public static KeyTable Run { get; } = new("run",
        new KeySpec("command", KeyType.TextList,
            "The program's absolute path and its arguments; there is no shell. It gets the rule, the reason, the "
            + "numbers and, after a kill of the same chain, its last victim in variables that begin with "
            + "PRESSURED_.") { Required = true },
        new KeySpec("timeout", KeyType.Duration, "After this it is ended. 100ms to 10min, default 10s."),
        new KeySpec("user", KeyType.Text, "The user it runs as, by name. Default: root."));

    public static KeyTable Prekill { get; } = new("prekill",
        new KeySpec("run", KeyType.TextList,
            "The program's absolute path and its arguments; the victim is in variables that begin with "
            + "PRESSURED_VICTIM_.") { Required = true },
        new KeySpec("timeout", KeyType.Duration,
            "The kill comes when the program has ended, or after this; all victims of one chain share it. 100ms to "
            + "60s, default 5s."),
        new KeySpec("user", KeyType.Text, "The user it runs as, by name. Default: root."));

    public static KeyTable Unit { get; } = new("unit",
        new KeySpec("restart", KeyType.Text, "Restarts this service: its full name, such as nginx.service."),
        new KeySpec("stop", KeyType.Text, "Stops this service or scope."),
        new KeySpec("timeout", KeyType.Duration, "How long its job is waited for. 1s to 10min, default 30s."));

    public static KeyTable Kill { get; } = new("kill",
        new KeySpec("from", KeyType.CgroupPattern,
            "Where candidates come from: leaves, or cgroups with memory.oom.group = 1. './**' is below the match.")
        {
            Required = true,
        },
        new KeySpec("victim", KeyType.Choice,
            "What one kill ends. process-group: what a shell starts as one job. unit: of the system's manager or of a "
            + "user's. Default: process.")
        {
            Choices = ["process", "cgroup", "process-group", "unit"],
        },
        new KeySpec("rank", KeyType.ChoiceList,
            "By what candidates are ordered, the greatest first; values within a factor of 1.25 are equal and the next "
            + "key decides. size: what a death frees. badness: the kernel's own score, oom_score_adj included. growth: "
            + "counts above 1% of memory a second. age: the youngest first. swap, rss. Of cgroups alone: pressure, "
            + "pgscan, io-cost. What memory.min and memory.low protect does not count for size, badness and rss; of a "
            + "process, that is its share of what they protect of its cgroup. At most 3. Default: [size].")
        {
            Choices = RankKeys.Names,
        },
        new KeySpec("culprit", KeyType.ChoiceList,
            "For process victims: by what the cgroups they are in are compared first, summed over their processes. The "
            + "victim comes from the worst one; 'min-size' is then asked of that cgroup. At most 3.")
        {
            Choices = RankKeys.Names,
        },
        new KeySpec("prefer", KeyType.MappingList,
            "Candidates that match, or hold a process that does, come before all others; with 'culprit' or "
            + "'smallest-useful', of the same one. By exe, cmdline and environ the best 16 are asked, of those that "
            + "hold several processes the largest ones, 16 in all.")
        {
            Table = Matcher,
        },
        new KeySpec("avoid", KeyType.MappingList,
            "Candidates that match, or hold a process that does, come after all others, within the limits of "
            + "'prefer'.")
        {
            Table = Matcher,
        },
        new KeySpec("protect", KeyType.MappingList,
            "Candidates that match, or hold a process that does, are never taken.")
        {
            Table = Matcher,
        },
        new KeySpec("prekill", KeyType.Mapping, "A program that runs between the choice of a victim and its kill.")
        {
            Table = Prekill,
        },
        new KeySpec("oomd-xattrs", KeyType.Choice,
            "Which cgroups' own attributes oomd_prefer, oomd_avoid and oomd_omit count: owner, as with systemd-oomd, "
            + "those of root's cgroups and of the match's owner; all; or ignore. Default: owner.")
        {
            Choices = ["owner", "all", "ignore"],
        },
        new KeySpec("smallest-useful", KeyType.Flag,
            "For victim: cgroup and unit: of the chosen one the smallest part that holds 'min-size' dies, a process "
            + "before a leaf below it before a cgroup that holds leaves before the whole."),
        new KeySpec("always-continue", KeyType.Flag,
            "The chain goes on at once, whether somebody was found or not, and no cooldown starts."),
        new KeySpec("kills-per-minute", KeyType.Integer,
            "Kills of this rule within a minute before the brake holds more back. 1 to 48. Default: no limit but that "
            + "of all rules together."),
        new KeySpec("signal", KeyType.Choice, "The first signal. Default: TERM.") { Choices = ["TERM", "KILL"] },
        new KeySpec("grace", KeyType.Duration, "After TERM, how long until KILL. Default: 5s. At most 10 min."),
        new KeySpec("min-size", KeyType.Size, "Candidates that hold less are not worth a kill. Default: 0B."),
        new KeySpec("stalls-others", KeyType.Percentage,
            "Take a candidate only while a cgroup other than its own has a full memory stall "
                + "above this share (10 s)."),
        new KeySpec("dry-run", KeyType.Flag, "Only say what this step would do."));

    private static KeySpec Of { get; } = new("of", KeyType.CgroupPattern,
        "Which cgroups: the outermost that match and hold nobody who is protected. './**' is below the match. Default: "
        + "the match itself.");

    /// <summary>For what takes only memory that can be had back: it hurts nobody.</summary>
    private static KeySpec OfAny { get; } = new("of", KeyType.CgroupPattern,
        "Which cgroups: the outermost that match, protected ones too. './**' is below the match. Default: the match "
        + "itself.");

    private static KeySpec AtMost { get; } = new("at-most", KeyType.Integer,
        "How many of them, the largest first. 1 to 32. Default: all.");

    private static KeySpec OnlySaid { get; } = new("dry-run", KeyType.Flag, "Only say what this step would do.");

    private static KeySpec Limit { get; } = new("for", KeyType.Duration,
        "After so long it is put back, and the same cgroups are left alone for as long again. At most 10 min.")
    {
        Required = true,
    };

    private static KeySpec FreeLimit { get; } = new("for", KeyType.Duration,
        "After so long it is put back, and the same cgroups are left alone for as long again. At most 24 h. Default: "
        + "when the rule is over.");

    public static KeyTable Throttle { get; } = new("throttle",
        Of,
        new KeySpec("to", KeyType.Percentage,
            "memory.high as a share of what each uses at that moment. 50% to 100%. Default: 90%. A leak that is held "
            + "so stalls and never ends by itself: somebody has to kill it or let it go."),
        new KeySpec("floor", KeyType.Size, "No less than this. Default: 64MiB."),
        Limit, AtMost, OnlySaid);

    public static KeyTable Freeze { get; } = new("freeze", Of, Limit, AtMost, OnlySaid);

    public static KeyTable Swap { get; } = new("swap",
        Of,
        new KeySpec("max", KeyType.Limit, "memory.swap.max. What is swapped out already stays there."),
        new KeySpec("high", KeyType.Limit, "memory.swap.high: above it every allocation is slowed down."),
        new KeySpec("zswap-max", KeyType.Limit, "memory.zswap.max: compressed in memory."),
        new KeySpec("zswap-writeback", KeyType.Flag, "memory.zswap.writeback: whether zswap may write to the device."),
        new KeySpec("swappiness", KeyType.Integer, "vm.swappiness of the whole machine. 0 to 200."),
        FreeLimit, AtMost, OnlySaid);

    public static KeyTable Weight { get; } = new("weight",
        Of,
        new KeySpec("cpu", KeyType.Integer, "cpu.weight. 1 to 10000; the kernel's default is 100."),
        new KeySpec("io", KeyType.Integer, "io.weight. 1 to 10000; the kernel's default is 100."),
        FreeLimit, AtMost, OnlySaid);

    public static KeyTable Set { get; } = new("set",
        Of,
        new KeySpec("file", KeyType.Choice, "The control file. memory.high has to have a 'for'.")
        {
            Required = true,
            Choices =
            [
                "cpu.weight", "cpu.max", "io.weight", "memory.min", "memory.low", "memory.high", "memory.oom.group",
                "memory.swap.max", "memory.swap.high", "memory.zswap.max", "memory.zswap.writeback", "pids.max",
            ],
        },
        new KeySpec("value", KeyType.Text,
            "What is written: a size such as 64MiB or max for memory.*, 0 or 1 for switches, a number for weights and "
            + "pids.max, 'QUOTA PERIOD' in microseconds for cpu.max.")
        {
            Required = true,
        },
        FreeLimit, AtMost, OnlySaid);

    public static KeyTable Reclaim { get; } = new("reclaim",
        OfAny,
        new KeySpec("amount", KeyType.Share, "From each: a size, or a share of what it uses, at most 50%.")
        {
            Required = true,
        },
        new KeySpec("swappiness", KeyType.Integer,
            "Instead of vm.swappiness, 0 to 200: 0 takes cache alone. Linux 6.11; ignored before it."),
        new KeySpec("floor", KeyType.Size, "Nobody is brought below this. Default: 0B."),
        AtMost, OnlySaid);

    public static KeyTable Offload { get; } = new("offload",
        OfAny,
        new KeySpec("stall", KeyType.Percentage,
            "The stall of some task, for memory or io, at which no more is taken. At most 10%. Default: 0.1%."),
        new KeySpec("ratio", KeyType.Percentage,
            "The most that one interval takes, as a share of what the cgroup uses. At most 20%. Default: 0.5%."),
        new KeySpec("interval", KeyType.Duration, "1 s to 10 min. Default: 6s."),
        new KeySpec("floor", KeyType.Size,
            "Nobody is brought below this, nor below its memory.low. Default: 64MiB."),
        new KeySpec("swap-out", KeyType.Speed,
            "What may be swapped out, over all its cgroups, because flash wears. Default: 1MiB/s."),
        OnlySaid);

    public static KeyTable SwapLimit { get; } = new("a swap rule",
        new KeySpec("match", KeyType.CgroupPattern, "Which cgroups: each that matches, as it appears.")
        {
            Required = true,
        },
        new KeySpec("max", KeyType.Limit, "memory.swap.max. What is swapped out already stays there."),
        new KeySpec("high", KeyType.Limit, "memory.swap.high: above it every allocation is slowed down."),
        new KeySpec("zswap-max", KeyType.Limit, "memory.zswap.max: compressed in memory."),
        new KeySpec("zswap-writeback", KeyType.Flag, "memory.zswap.writeback: whether zswap may write to the device."));

    public static KeyTable SwapSection { get; } = new("the swap section",
        new KeySpec("swappiness", KeyType.Integer, "vm.swappiness of the whole machine. 0 to 200."),
        new KeySpec("cgroups", KeyType.MappingList, "In order; the first that matches a cgroup is that cgroup's.")
        {
            Table = SwapLimit,
        });

    public static KeyTable Action { get; } = new("an action",
        new KeySpec("log", KeyType.Text, "Writes a line with the rule's name and numbers."),
        new KeySpec("notify", KeyType.Choice, "Raises the level that applications and users are told.")
        {
            Choices = ["low", "medium", "critical"],
        },
        new KeySpec("wait", KeyType.Duration,
            "Lets the steps before it work; the chain goes on only if the condition still holds. At most 10 min."),
        new KeySpec("reclaim", KeyType.Mapping, "Takes memory from cgroups, while the condition holds.")
        {
            Table = Reclaim,
        },
        new KeySpec("throttle", KeyType.Mapping, "Slows cgroups down at what they use now (memory.high).")
        {
            Table = Throttle,
        },
        new KeySpec("freeze", KeyType.Mapping, "Stops everything in cgroups, memory stays.") { Table = Freeze },
        new KeySpec("swap", KeyType.Mapping, "Changes how much cgroups may swap.") { Table = Swap },
        new KeySpec("weight", KeyType.Mapping, "Changes the shares of processor and disk that cgroups get.")
        {
            Table = Weight,
        },
        new KeySpec("set", KeyType.Mapping, "Changes one control file of cgroups.") { Table = Set },
        new KeySpec("offload", KeyType.Mapping,
            "Takes what nobody uses, a little at a time, for as long as the rule is active.")
        {
            Table = Offload,
        },
        new KeySpec("kill", KeyType.Mapping, "Chooses a victim and ends it.") { Table = Kill },
        new KeySpec("run", KeyType.Mapping, "Runs a program as a transient unit of systemd.") { Table = Run },
        new KeySpec("unit", KeyType.Mapping, "Restarts or stops a unit through systemd.") { Table = Unit },
        new KeySpec("record", KeyType.Text, "Keeps what the machine looks like as an incident, with this text."),
        new KeySpec("kernel-oom", KeyType.Flag,
            "Has the kernel's own killer choose a victim, by its own rules: the last resort. Only true."),
        new KeySpec("stop", KeyType.Choice,
            "Ends the chain here: always, or only if an action of this run changed something.")
        {
            Choices = ["always", "after-effect"],
        })
    {
        HasOneKey = true,
    };

    public static KeyTable ForEach { get; } = new("for-each",
        new KeySpec("cgroup", KeyType.CgroupPattern, "The cgroups.") { Required = true },
        new KeySpec("xattr", KeyType.Text,
            "An extended attribute that they must have, user.NAME or trusted.NAME. It is looked at when a cgroup "
            + "appears and every second from then on. The owner of a cgroup can set and remove user attributes."),
        new KeySpec("value", KeyType.Text, "What it must be; at most 256 bytes. Left out: anything."));

    public static KeyTable Rule { get; } = new("a rule",
        new KeySpec("name", KeyType.Name, "What it is called everywhere; unique.") { Required = true },
        new KeySpec("for-each", KeyType.CgroupPattern,
            "The cgroups it is watched for, each with a state of its own: a pattern, or keys. Left out: the machine.")
        {
            Table = ForEach,
        },
        new KeySpec("when", KeyType.Condition, "What starts the actions.")
        {
            Required = true,
            NotNeededWith = ["extend", "disable"],
        },
        new KeySpec("until", KeyType.Condition, "What ends it. Default: when 'when' is no longer true."),
        new KeySpec("cooldown", KeyType.Duration,
            "After an effective act, how long until the actions may start again. At most 24 h."),
        new KeySpec("dry-run", KeyType.Flag, "Only say what would be done."),
        new KeySpec("disabled", KeyType.Flag, "Check the rule and leave it out."),
        new KeySpec("replace", KeyType.Flag, "Takes the place of the rule of the same name in an earlier file."),
        new KeySpec("extend", KeyType.Flag, "Changes the given keys of the rule of the same name in an earlier file."),
        new KeySpec("disable", KeyType.Flag, "Switches off the rule of the same name in an earlier file."),
        new KeySpec("then", KeyType.MappingList, "The actions, in order.")
        {
            Required = true,
            NotNeededWith = ["extend", "disable"],
            Table = Action,
        });

    public static KeyTable Limits { get; } = new("limits",
        new KeySpec("kills-per-minute", KeyType.Integer,
            "Kills of all rules together within a minute before the brake holds more back. 1 to 48, default 10."),
        new KeySpec("incidents", KeyType.Size,
            "What the records of incidents may take on disk; the oldest go first. 0B keeps none. At most 1GiB, default "
            + "16MiB."),
        new KeySpec("futile-kills", KeyType.Integer,
            "Deaths in a row that free less than a quarter of what they should before the brake holds more back. 1 to "
            + "48, default 2."));

    public static KeyTable Top { get; } = new("a policy",
        new KeySpec("version", KeyType.Integer, "The version of this language: 1."),
        new KeySpec("auto-reload", KeyType.Duration,
            "Files that changed are read by themselves once they have lain untouched for this long: 1s to 1h. Default: "
            + "0s, only when asked to; that they differ is then reported. The last file that says it counts."),
        new KeySpec("limits", KeyType.Mapping, "What all rules together may do.") { Table = Limits },
        new KeySpec("protect", KeyType.MappingList,
            "Added to the protect list of every kill, those of other files too.")
        {
            Table = Matcher,
        },
        new KeySpec("avoid", KeyType.MappingList, "Added to the avoid list of every kill, those of other files too.")
        {
            Table = Matcher,
        },
        new KeySpec("swap", KeyType.Mapping, "Limits that stand for as long as the daemon runs.")
        {
            Table = SwapSection,
        },
        new KeySpec("rules", KeyType.MappingList, "What to watch for and what to do.") { Table = Rule });
}
