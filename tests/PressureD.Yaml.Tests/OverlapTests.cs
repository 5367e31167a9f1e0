namespace PressureD.Yaml.Tests;

/// <summary>Rules that get in each other's way, and those that are over as they begin.</summary>
public sealed class OverlapTests
{
    private const string Kill = "cooldown: 1s, then: [ { kill: { from: '**', signal: KILL } } ]";
    private const string Hasty = "then: [ { kill: { from: '**', signal: KILL } } ]";
    private const string Ask = "cooldown: 1s, then: [ { kill: { from: '**', grace: 3s } } ]";

    [Theory]
    [InlineData($"when: mem.free < 1GiB, {Ask}", $"when: mem.free < 1GiB, {Kill}", "kills on the same condition as 'a' (p.yaml:2), which always comes first: this one kills once more while that one's cooldown runs; put both steps into one rule, or give them different conditions")]
    [InlineData($"when: mem.free < 1GiB, {Kill}", $"when: mem.free < 1024MiB, {Kill}", "does on the same condition what 'a' (p.yaml:2) does, which comes before it: leave one of them out")]
    [InlineData($"when: mem.free < 1GiB, {Ask}", $"when: mem.free < 1024MiB, {Kill}", "kills on the same condition as 'a' (p.yaml:2), which always comes first: this one kills once more while that one's cooldown runs; put both steps into one rule, or give them different conditions")]
    [InlineData($"when: mem.free < 1GiB and swap.free < 5%, {Kill}", $"when: swap.free < 5% and mem.free < 1GiB, {Kill}", "does on the same condition what 'a' (p.yaml:2) does, which comes before it: leave one of them out")]
    [InlineData($"when: mem.free < 1GiB, {Kill}", $"when: mem.free <= 1GiB, {Kill}", null)]
    [InlineData($"when: mem.free < 1GiB, {Kill}", $"when: mem.free  <  1GiB, {Kill}", "does on the same condition what 'a' (p.yaml:2) does, which comes before it: leave one of them out")]
    [InlineData("when: mem.free < 1GiB, then: [ { notify: low } ]", "when: mem.free < 1GiB, then: [ { notify: low } ]", "does on the same condition what 'a' (p.yaml:2) does, which comes before it: leave one of them out")]
    [InlineData("when: mem.free < 2GiB, then: [ { notify: medium } ]", "when: mem.free < 1GiB, then: [ { notify: low } ]", "never raises the level: 'a' (p.yaml:2) is true whenever this one is and raises it as high; leave this one out, or raise it higher")]
    [InlineData($"when: mem.free < 1GiB, dry-run: true, {Kill}", $"when: mem.free < 1GiB, {Kill}", null)]
    [InlineData($"when: mem.free < 1GiB, for-each: a/*, {Kill}", $"when: mem.free < 1GiB, for-each: b/*, {Kill}", null)]
    [InlineData($"when: mem.free < 1GiB, {Ask}", $"when: mem.free < 512MiB, {Kill}", null)]
    [InlineData($"when: mem.free < 1GiB, {Kill}", "when: mem.free < 1GiB, then: [ { notify: low } ]", null)]
    [InlineData("when: mem.free < 1GiB, then: [ { notify: low } ]", "when: mem.free < 512MiB, then: [ { notify: medium } ]", null)]
    [InlineData("when: mem.free < 1GiB, then: [ { notify: low } ]", "when: mem.free < 512MiB, until: mem.free > 3GiB, then: [ { notify: low } ]", null)]
    [InlineData("when: mem.free < 1GiB, cooldown: 1s, then: [ { kill: { from: '**', signal: KILL, protect: [ { unit: a.service } ] } } ]", "when: mem.free < 1GiB, cooldown: 1s, then: [ { kill: { from: '**', signal: KILL, protect: [ { unit: b.service } ] } } ]", "kills on the same condition as 'a' (p.yaml:2), which always comes first: this one kills once more while that one's cooldown runs; put both steps into one rule, or give them different conditions")]
    [InlineData($"when: mem.free < 1GiB, disabled: true, {Kill}", $"when: mem.free < 1GiB, {Kill}", null)]
    public void The_later_of_two_is_warned_of_when_it_is_in_vain(string earlier, string later, string? said) =>
        Assert.Equal(
            said is null ? "" : $"p.yaml:3:13: warning: the rule 'b' {said}",
            Policies.Lines(Policies.Read($"rules:\n  - {{ name: a, {earlier} }}\n  - {{ name: b, {later} }}\n")));

    [Fact]
    public void A_stricter_kill_is_never_reached_behind_one_that_does_not_pause() => Assert.EndsWith(
        "p.yaml:3:13: warning: the rule 'b' never gets to kill: 'a' (p.yaml:2) comes first, is true whenever this one is, "
        + "and kills at every step for want of a cooldown; put this rule before it, or give that one a cooldown",
        Policies.Lines(Policies.Read(
            $"rules:\n  - {{ name: a, when: mem.free < 1GiB, {Hasty} }}\n  - {{ name: b, when: mem.free < 512MiB, {Kill} }}\n")));

    [Theory]
    [InlineData("'**'", "cgroup: user.slice", null)]
    [InlineData("user.slice", "cgroup: user.slice", "cgroup: user.slice")]
    [InlineData("user.slice/**", "cgroup: user.slice", "cgroup: user.slice")]
    [InlineData("/user.slice/*", "cgroup: '*.slice'", "cgroup: \"*.slice\"")]
    [InlineData("user.slice/**", "cgroup: user.slice/*", "cgroup: user.slice/*")]
    [InlineData("user.slice/**/a", "cgroup: user.slice/*", null)]
    [InlineData("user.slice/a", "cgroup: user.slice/a/**", null)]
    [InlineData("user.slice/a/**", "cgroup: user.slice/a/**", "cgroup: user.slice/a/**")]
    [InlineData("/", "cgroup: '*a'", null)]
    [InlineData("/", "cgroup: /", "cgroup: /")]
    [InlineData("user.slice/a/**", "cgroup: '**/a'", "cgroup: \"**/a\"")]
    [InlineData("user.slice/user-*.slice/**", "cgroup: user.slice/user-?.slice", null)]
    [InlineData("user.slice/user-1*.slice", "cgroup: user.slice/user-*.slice", "cgroup: user.slice/user-*.slice")]
    [InlineData("user.slice/user-*.slice", "cgroup: user.slice/user-1*.slice", null)]
    [InlineData("'{a,b}.slice/**'", "cgroup: a.slice", null)]
    [InlineData("'{a,b}.slice/**'", "cgroup: '{b,c,a}.slice'", "cgroup: \"{b,c,a}.slice\"")]
    [InlineData("'{a,b}.slice/**'", "cgroup: a.slice }, { cgroup: b.slice", "cgroup: b.slice' and 'cgroup: a.slice")]
    [InlineData("a.slice/**", "cgroup: a.slice, uid: 0", null)]
    [InlineData("system.slice/web.service", "unit: web.service", "unit: web.service")]
    [InlineData("system.slice/web.service/**", "unit: 'w*.service'", "unit: \"w*.service\"")]
    [InlineData("system.slice/web*.service", "unit: web*.service", null)]
    [InlineData("system.slice/a.service/web.service", "unit: web.service", null)]
    public void A_kill_of_none_but_the_protected_is_warned_of(string from, string protect, string? by)
    {
        string shown = from.Trim('\'');

        Assert.Equal(
            by is null
                ? ""
                : $"p.yaml:2:11: warning: the rule 'a' has a 'kill' that never finds anybody: whatever is in '{shown}' is protected "
                    + $"by '{by}'; give it another pattern, or take that out of 'protect'",
            Policies.Lines(Policies.Read(
                $"rules:\n  - name: a\n    when: mem.free < 1GiB\n    cooldown: 1s\n    then: [ {{ kill: {{ from: {from} }} }} ]\n"
                + $"protect: [ {{ {protect} }} ]\n")));
    }

    [Theory]
    [InlineData("a/*", "kill: { from: ./** }", "kill", "./**")]
    [InlineData("a/*", "freeze: { for: 1s }", "freeze", "a/*")]
    [InlineData("a/*", "throttle: { of: a/b, for: 1s }", "throttle", "a/b")]
    public void A_step_about_the_protected_is_warned_of(string forEach, string step, string name, string pattern) => Assert.Equal(
        $"p.yaml:1:18: warning: the rule 'a' has a '{name}' that never finds anybody: whatever is in '{pattern}' is protected by "
        + "'cgroup: a'; give it another pattern, or take that out of 'protect'",
        Policies.Lines(Policies.Read(
            $"rules: [ {{ name: a, for-each: {forEach}, when: memory.current > 1GiB, cooldown: 1s, then: [ {{ {step} }} ] }} ]\n"
            + "protect: [ { cgroup: a } ]\n")));

    [Theory]
    [InlineData("prefer: [ { comm: ^ld$ } ], protect: [ { comm: ^ld$, uid: 0 } ]", "", null)]
    [InlineData("prefer: [ { comm: ^ld$, uid: 0 } ], protect: [ { comm: ^ld$, uid: 0 } ]", "", "prefer")]
    [InlineData("avoid: [ { unit: a.service } ], protect: [ { unit: a.service } ]", "", "avoid")]
    [InlineData("avoid: [ { unit: a.service } ]", "protect: [ { unit: b.service }, { unit: a.service } ]", "avoid")]
    [InlineData("prefer: [ { unit: a.service } ]", "avoid: [ { unit: a.service } ]", null)]
    public void An_order_among_the_protected_is_warned_of(string kill, string policy, string? key) => Assert.Equal(
        key is null
            ? ""
            : $"p.yaml:2:11: warning: the rule 'a' has '{(key == "prefer" ? "comm: ^ld$, uid: 0" : "unit: a.service")}' under '{key}', which "
                + "means nothing: the same is protected; take it out of one of the two",
        Policies.Lines(Policies.Read(
            $"rules:\n  - name: a\n    when: mem.free < 1GiB\n    cooldown: 1s\n    then: [ {{ kill: {{ from: '**', {kill} }} }} ]\n{policy}\n")));

    [Fact]
    public void The_machines_swappiness_is_nobodys_to_protect() => Assert.Equal(
        "",
        Policies.Lines(Policies.Read(
            "rules: [ { name: a, for-each: a, when: memory.current > 1GiB, then: [ { swap: { swappiness: 60 } } ] } ]\n"
            + "protect: [ { cgroup: a } ]\n")));

    [Theory]
    [InlineData("cgroup: '**'", true)]
    [InlineData("cgroup: '*'", true)]
    [InlineData("cgroup: '**/*'", true)]
    [InlineData("cgroup: /", false)]
    [InlineData("cgroup: '{a,**}'", true)]
    [InlineData("cgroup: '*.slice'", false)]
    [InlineData("cgroup: '*/**'", false)]
    [InlineData("exe: ^", true)]
    [InlineData("exe: .", true)]
    [InlineData("exe: .*", true)]
    [InlineData("exe: '^.*$'", true)]
    [InlineData("exe: .+", true)]
    [InlineData("exe: ^$", false)]
    [InlineData("exe: ^.$", false)]
    [InlineData("comm: '^[^c]'", false)]
    [InlineData("comm: '[^x]'", false)]
    [InlineData("comm: '^.{1,4}$'", false)]
    [InlineData("comm: '^.{0,8}$'", false)]
    [InlineData("exe: ^/", false)]
    [InlineData("exe: ., cgroup: '**'", true)]
    [InlineData("exe: ., cgroup: a", false)]
    [InlineData("exe: ., uid: 0", false)]
    [InlineData("oom-score-adj: '>= -1000'", true)]
    [InlineData("oom-score-adj: '!= 5'", false)]
    public void A_matcher_of_everything_is_warned_of(string matcher, bool isOfAll)
    {
        foreach (string list in (string[])["protect", "avoid"])
        {
            string said = list == "protect" ? "so that nobody is left to take" : "which says nothing";
            string lines = Policies.Lines(Policies.Read($"{list}: [ {{ {matcher} }} ]\n{Policies.Rule("mem.free < 1GiB")}"));
            Assert.Equal(isOfAll, lines.Contains($"' matches everything, {said}; name what '{list}' is meant for, or leave it out"));
            Assert.Equal(isOfAll, lines.StartsWith($"p.yaml:1:{list.Length + 7}: warning: '"));
        }
    }

    [Theory]
    [InlineData("mem.free < 1GiB and mem.free > 2GiB", "'mem.free < 1GiB' (p.yaml:3:11) and for 'mem.free > 2GiB' (p.yaml:3:31)")]
    [InlineData("mem.free < 10% and mem.free >= 10%", "'mem.free < 10%' (p.yaml:3:11) and for 'mem.free >= 10%' (p.yaml:3:30)")]
    [InlineData("mem.free <= 10% and mem.free >= 10%", null)]
    [InlineData("mem.free == 1GiB and mem.free == 2GiB", "'mem.free == 1GiB' (p.yaml:3:11) and for 'mem.free == 2GiB' (p.yaml:3:32)")]
    [InlineData("mem.free == 1GiB and mem.free != 2GiB", null)]
    [InlineData("mem.free < 5% and not mem.free < 7%", "'mem.free < 5%' (p.yaml:3:11) and for 'not mem.free < 7%' (p.yaml:3:29)")]
    [InlineData("mem.free < 7% and not mem.free < 5%", null)]
    [InlineData("mem.free < 5% for 10s and (swap.free < 1% and mem.free > 6%)", "'mem.free < 5%' (p.yaml:3:11) and for 'mem.free > 6%' (p.yaml:3:57)")]
    [InlineData("recently(mem.free < 5%, 10s) and mem.free > 6%", null)]
    [InlineData("recently(mem.free < 5% and mem.free > 6%, 10s)", "'mem.free < 5%' (p.yaml:3:20) and for 'mem.free > 6%' (p.yaml:3:38)")]
    [InlineData("mem.free < 5% and (mem.free > 6% or swap.free < 1%)", null)]
    [InlineData("mem.free < 5% and (mem.free > 6% or mem.free > 7%)", "'mem.free < 5%' (p.yaml:3:11) and for 'mem.free > 6%' (p.yaml:3:30)")]
    [InlineData("mem.free < 5% and mem.free > 6GiB", null)]
    [InlineData("mem.free < 5% and mem.available > 6%", null)]
    [InlineData("swap.free > 30% and swap.used > 75%", "'swap.free > 30%' (p.yaml:3:11) and for 'swap.used > 75%' (p.yaml:3:31)")]
    [InlineData("swap.used < 30% and swap.free < 65%", "'swap.used < 30%' (p.yaml:3:11) and for 'swap.free < 65%' (p.yaml:3:31)")]
    [InlineData("swap.free > 30% and swap.used > 69%", null)]
    [InlineData("swap.free < 30% and swap.used < 75%", null)]
    [InlineData("swap.free > 1GiB and swap.used > 100GiB", null)]
    [InlineData("any(\"a/*\", memory.current < 1GiB and memory.current > 2GiB)", "'memory.current < 1GiB' (p.yaml:3:22) and for 'memory.current > 2GiB' (p.yaml:3:48)")]
    [InlineData("any(\"a/*\", memory.current < 1GiB) and any(\"a/*\", memory.current > 2GiB)", null)]
    public void A_condition_that_contradicts_itself_is_warned_of(string when, string? both) => Assert.Equal(
        both is null
            ? ""
            : $"p.yaml:2:11: warning: the rule 'a' never fires: its 'when' asks for {both}, which exclude each other; did you mean 'or'?",
        Policies.Lines(Policies.Read(Policies.Rule(when))));

    [Theory]
    [InlineData("until: mem.free > 2GiB and mem.free < 1GiB", "never ends: its 'until' asks for 'mem.free > 2GiB' (p.yaml:5:12) and for 'mem.free < 1GiB' (p.yaml:5:32), which exclude each other; did you mean 'or'?")]
    [InlineData("until: mem.free > 2GiB or mem.free < 1GiB and mem.free > 2GiB", null)]
    public void An_end_that_cannot_come_is_warned_of(string until, string? said) => Assert.Equal(
        said is null ? "" : $"p.yaml:2:11: warning: the rule 'a' {said}",
        Policies.Lines(Policies.Read(Policies.Rule("mem.free < 1GiB", $"    {until}\n"))));

    [Fact]
    public void A_side_of_an_or_that_contradicts_itself_is_warned_of() => Assert.Equal(
        "p.yaml:2:11: warning: the rule 'a' has an 'or' in its 'when' of which one side is never true: it asks for "
        + "'swap.free < 5%' (p.yaml:3:11) and for 'swap.free > 6%' (p.yaml:3:30), which exclude each other; did you mean 'or'?",
        Policies.Lines(Policies.Read(Policies.Rule("swap.free < 5% and swap.free > 6% or mem.free < 1GiB"))));

    [Theory]
    [InlineData("{ stop: always }, { log: y }", true)]
    [InlineData("{ stop: after-effect }, { log: y }", false)]
    [InlineData("{ stop: always }", false)]
    public void Actions_that_are_never_reached_are_warned_of(string actions, bool warns) => Assert.Equal(
        warns
            ? "p.yaml:1:18: warning: the rule 'a' never gets beyond its 'stop: always': leave out what comes after, or say stop: after-effect"
            : "",
        Policies.Lines(Policies.Read($"rules: [ {{ name: a, when: mem.free < 1GiB, then: [ {{ log: x }}, {actions} ] }} ]")));

    [Theory]
    [InlineData("mem.free < 1GiB", "mem.free < 2GiB", true)]
    [InlineData("mem.free < 1GiB for 5s", "mem.free < 1GiB or swap.free < 5%", true)]
    [InlineData("mem.free < 1GiB", "mem.free > 2GiB", false)]
    [InlineData("mem.free < 1GiB", "mem.free > 512MiB", false)]
    public void An_end_that_is_true_from_the_beginning_is_warned_of(string when, string until, bool warns) => Assert.Equal(
        warns
            ? "p.yaml:2:11: warning: the rule 'a' is over as soon as it begins: its 'until' is true whenever its 'when' is; "
                + "expected an 'until' on the other side of the threshold, or none"
            : "",
        Policies.Lines(Policies.Read(Policies.Rule(when, $"    until: {until}\n"))));
}
