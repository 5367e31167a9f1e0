using System.Linq;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Sentences;

namespace PressureD.Core.Tests.Policy;

public sealed class PolicyTextTests
{
    private static readonly MachineSize OneGiB = new(1L << 30, 0);

    [Theory]
    [InlineData("mem.available < 10%", "available memory is less than 102 MiB (10 % of memory)")]
    [InlineData("mem.available_user <= 10%", "memory left to processes is at most 10 % (up to 102 MiB)")]
    [InlineData("swap.free < 10%", "free swap is less than 10 % of swap (so it is: there is no swap)")]
    [InlineData("swap.free >= 10%", "free swap is at least 10 % of swap (so it never is: there is no swap)")]
    [InlineData("swap.effective <= 2%", "what swap can still take is at most 20 MiB (2 % of memory)")]
    [InlineData("time_to_exhaustion < 90s", "at this rate memory and swap are used up within 90 s")]
    [InlineData("time_to_exhaustion > 5s", "at this rate memory and swap last for more than 5 s")]
    [InlineData("not vm.swap_in >= 0.5/s", "the number of pages read back from swap is less than 0.5/s")]
    [InlineData("psi.io.full.avg10 > 0.5% for 2min", "for 2 min on end, everything stalls on disks more than 0.5 % of the time (10 s average)")]
    [InlineData("psi.memory.some.stall >= 3%", "something stalls on memory at least 3 % of the time (since the last look)")]
    [InlineData("avg(psi.memory.full.avg10, 30s) > 3%", "the mean over 30 s of the full memory stall (10 s average) is more than 3 %")]
    [InlineData("mem.free == 1B", "memory that nobody uses is exactly 1 B")]
    [InlineData("mem.slab != 3KiB", "mem.slab is other than 3 KiB")]
    [InlineData("rising(psi.memory.full.avg10)", "the full memory stall (10 s average) has risen within 5 s")]
    [InlineData("delta(mem.available, 10s) < 100MiB", "available memory has changed by less than 100 MiB within 10 s")]
    [InlineData("min(mem.available, 1min) < 10%", "the least in 60 s of available memory is less than 102 MiB (10 % of memory)")]
    [InlineData("exists(\"backup.service\")", "there is a cgroup backup.service")]
    [InlineData("not exists(\"job.slice/*\")", "there is no cgroup job.slice/*")]
    [InlineData("any(\"a.slice\", psi.memory.full.avg60 > 5%)", "in a.slice, everything in it stalls on memory more than 5 % of the time (60 s average)")]
    [InlineData("all(\"a/*\", memory.current < 1GiB)", "in every cgroup of a/*, its memory is less than 1 GiB")]
    [InlineData("count(\"a/*\") >= 3", "the number of cgroups a/* is at least 3")]
    [InlineData("count(\"a/*\", memory.current > 1GiB) >= 3", "in at least 3 cgroups of a/*, its memory is more than 1 GiB")]
    [InlineData("not count(\"a/*\", memory.current > 1GiB) >= 3", "it is not so that in at least 3 cgroups of a/*, its memory is more than 1 GiB")]
    [InlineData("max_of(\"a/*\", memory.current) > 50%", "the greatest memory of the cgroups a/* is more than 512 MiB (50 % of memory)")]
    [InlineData("sum_of(\"a/**\", rate(memory.stat.pgscan, 2s)) > 9/s", "all the rise of the number of its pages scanned by reclaim over 2 s of the cgroups below a is more than 9/s")]
    public void A_part_of_a_condition_is_one_sentence(string condition, string words) =>
        Assert.Equal($"  When {words}:", Said(condition));

    [Theory]
    [InlineData("memory.current > 90% of memory.max", "its memory is more than 90 % of memory.max")]
    [InlineData("recently(rate(memory.stat.pgscan, 2s) > 0/s, 30s)", "at some moment of the last 30 s, the number of its pages scanned by reclaim rises (over 2 s)")]
    [InlineData("rate(memory.current, 2s) > 5MiB/s", "its memory rises by more than 5 MiB/s (over 2 s)")]
    [InlineData("falling(memory.current, 0.85)", "its memory is less than 85 % of what it was 5 s ago")]
    [InlineData("psi.memory.full.avg10 > 5%", "everything in it stalls on memory more than 5 % of the time (10 s average)")]
    [InlineData("host.psi.memory.full.avg10 > 5%", "everything on the machine stalls on memory more than 5 % of the time (10 s average)")]
    [InlineData("memory.growth > 5MiB/s", "the growth of its memory is more than 5 MiB/s")]
    [InlineData("any(\"./*\", memory.current > 10% for 5s)", "in at least one cgroup of ./*, for 5 s on end, its memory is more than 102 MiB (10 % of memory)")]
    public void Of_a_match_it_says_it(string condition, string words) =>
        Assert.Equal($"  For each cgroup of b/* by itself:\n  When {words}:", Said(condition, "b/*"));

    [Fact]
    public void What_is_joined_is_a_list_and_a_short_pair_one_line() => Assert.Equal(
        """
          When all of this is true:
            - one of these:
              - free swap is less than 10 % of swap (so it is: there is no swap)
              - for 5 s on end, memory that nobody uses is less than 1.5 GiB
            - it is not so that all of this:
              - mem.slab is less than 1 B
              - mem.vmalloc_used is less than 1 B
            - mem.slab is less than 2 B, or mem.percpu is less than 3 B
          Then:
        """,
        Said("(swap.free < 10% or mem.free < 1.5GiB for 5s) and not (mem.slab < 1B and mem.vmalloc_used < 1B)"
            + " and (mem.slab < 2B or mem.percpu < 3B)"));

    [Fact]
    public void A_rule_says_when_it_acts_what_it_does_and_when_it_is_over()
    {
        var kill = new KillAction
        {
            From = new CgroupPattern("**"),
            Victim = VictimKind.Process,
            Rank = [RankKey.Growth, RankKey.Badness],
            Culprit = [RankKey.Size],
            Signal = Signals.Term,
            GraceUsec = 5_000_000,
            MinSizeBytes = 32L << 20,
            StallsOthersRatio = 100_000,
            Avoid = [new Matcher { Text = "comm: ^ld$" }],
        };
        Rule condition = Conditions.Valid("psi.memory.full.avg10 > 20%", "user.slice/*", "psi.memory.full.avg10 < 1%");
        var rule = new Rule
        {
            Name = "r",
            ForEach = condition.ForEach,
            When = condition.When,
            Until = condition.Until,
            CooldownUsec = 15_000_000,
            Actions = [new NotifyAction(PressureLevel.Medium), new WaitAction(2_000_000), kill],
            MatchMetrics = [],
            DryRun = true,
            Source = "p.yaml:3",
        };

        Assert.Equal(
            """
            r (p.yaml:3)
              Dry run: it only says what it would do.
              For each cgroup of user.slice/* by itself:
              When everything in it stalls on memory more than 20 % of the time (10 s average):
                1. tell applications and users that the pressure level is medium
                2. wait 2 s, and go on only if it is still true
                3. TERM to one process of any cgroup, and KILL if it is still there 5 s later
                     within the cgroup that is largest
                     the process that grows fastest, or else is the kernel's choice (badness)
                     only if that cgroup holds at least 32 MiB
                     only while everything in some cgroup beside it stalls on memory more than 10 % of the time (10 s average)
                     when there is nobody else (avoid): comm: ^ld$
              Over when everything in it stalls on memory less than 1 % of the time (10 s average).
              Not again for 15 s after it has acted.
            """,
            string.Join('\n', PolicyText.Describe(rule, OneGiB)));
    }

    [Fact]
    public void Every_phrase_is_for_a_metric_that_there_is() => Assert.All(
        MetricPhrases.Names, static name => Assert.NotNull(MetricCatalog.Find(name)));

    /// <summary>What is said of a rule with that condition, without its heading and its step.</summary>
    private static string Said(string condition, string? forEach = null) =>
        string.Join(
            '\n', PolicyText.Describe(Conditions.Valid(condition, forEach), OneGiB).Skip(1).SkipLast(1));
}
