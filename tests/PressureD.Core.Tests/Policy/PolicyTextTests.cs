using System.Linq;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;

namespace PressureD.Core.Tests.Policy;

public sealed class PolicyTextTests
{
    private static readonly MachineSize OneGiB = new(1L << 30, 0);

    [Theory]
    [InlineData("mem.available < 10% and swap.free < 10%", "mem.available under 10 % (102 MiB) and swap.free under 10 % (there is no swap)")]
    [InlineData("(mem.free < 1.5GiB or time_to_exhaustion < 90s) and not vm.swap_in >= 0.5/s", "(mem.free under 1.5 GiB or time_to_exhaustion under 90 s) and not vm.swap_in at least 0.5/s")]
    [InlineData("psi.io.full.avg10 > 0.5% for 2min", "the machine's psi.io.full.avg10 above 0.5 % for 2 min")]
    [InlineData("(mem.free < 1B or mem.free == 1B) for 5ms or mem.free != 3KiB", "(mem.free under 1 B or mem.free exactly 1 B) for 5 ms or mem.free other than 3 KiB")]
    public void Describe_ResolvesNumbers(string condition, string words)
    {
        Rule rule = Conditions.Valid(condition);
        Assert.Equal(words, PolicyText.Describe(rule, rule.When, OneGiB));
    }

    [Theory]
    [InlineData("memory.current > 90% of memory.max", "memory.current above 90 % of memory.max")]
    [InlineData("recently(rate(memory.stat.pgscan, 2s) > 0/s, 30s)", "within the last 30 s rate(memory.stat.pgscan, 2s) above 0/s")]
    [InlineData("falling(memory.current, 0.85)", "memory.current under 85 % of before(memory.current, 5s)")]
    [InlineData("any(\"./*\", memory.current > 10% for 5s)", "for any cgroup ./* (memory.current above 10 % (102 MiB) for 5 s)")]
    [InlineData("count(\"a/*\", memory.current > 1GiB) >= 3", "the number of cgroups a/* with (memory.current above 1 GiB) at least 3")]
    [InlineData("max_of(\"a/*\", memory.current) > 50%", "the greatest of the cgroups a/* by memory.current above 50 % (512 MiB)")]
    public void Describe_SaysFunctions(string condition, string words)
    {
        Rule rule = Conditions.Valid(condition, "b/*");
        Assert.Equal(words, PolicyText.Describe(rule, rule.When, OneGiB));
    }

    [Fact]
    public void Describe_Rule_SaysEachStep()
    {
        var kill = new KillAction
        {
            From = new CgroupPattern("**"),
            Victim = VictimKind.Process,
            Rank = [RankKey.Growth, RankKey.Badness],
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
            r (p.yaml:3, dry run): watches each cgroup user.slice/*
              when psi.memory.full.avg10 above 20 %
              until psi.memory.full.avg10 under 1 %
              then raise the level to medium
              then wait 2 s and go on only if it still holds
              then TERM to one process of **, the largest by growth, then badness, of at least 32 MiB, while cgroups other than its own stall above 10 %; after 5 s KILL; avoids comm: ^ld$
              and again after 15 s at the earliest
            """,
            string.Join('\n', PolicyText.Describe(rule, OneGiB)));
    }
}
