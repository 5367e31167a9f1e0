using System.Linq;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Tests;

/// <summary>What the reader says about mistakes: place, what was read, what was expected, what was meant.</summary>
public sealed class DiagnosticsTests
{
    [Theory]
    [InlineData("", "p.yaml: the file is empty, expected 'rules:' or another key; if it is to say nothing take it away, or write 'version: 1'")]
    [InlineData("# nothing\n", "p.yaml: the file has nothing in it but comments, expected 'rules:' or another key; if it is to say nothing take it away, or write 'version: 1'")]
    [InlineData("\t\n \n", "p.yaml: the file has nothing in it but spaces, tabs and empty lines, expected 'rules:' or another key; if it is to say nothing take it away, or write 'version: 1'")]
    [InlineData("hello", "p.yaml:1:1: 'hello' is not a policy, expected keys with values such as 'version: …'")]
    [InlineData("- a", "p.yaml:1:1: a list is not a policy, expected keys with values such as 'version: …'")]
    [InlineData(
        "version: 1",
        "p.yaml: neither rules nor swap limits, so that nothing would ever be done; expected 'rules:' with at least one")]
    [InlineData(
        "rules: []",
        "p.yaml: neither rules nor swap limits, so that nothing would ever be done; expected 'rules:' with at least one")]
    [InlineData("version: 2\nrules: []", "p.yaml:1:10: 'version' is '2', expected 1")]
    [InlineData("rules: 3", "p.yaml:1:8: 'rules' is '3', expected a list: '- ' and an entry on each line")]
    [InlineData("rules:", "p.yaml:1:7: 'rules' is nothing, expected a list: '- ' and an entry on each line")]
    [InlineData("rules: { name: a }", "p.yaml:1:8: 'rules' is keys with values, expected a list: put '- ' before each of its entries\np.yaml:1:8: a rule without 'when', expected a condition such as when: mem.available < 10%\np.yaml:1:8: a rule without 'then', expected a list of actions")]
    [InlineData("rules: { a: {} }", "p.yaml:1:8: 'rules' is keys with values, expected a list: put '- ' before each of its entries")]
    [InlineData("ruels: []", "p.yaml:1:1: unknown key 'ruels' in a policy; did you mean 'rules'?")]
    [InlineData("xyz: 1", "p.yaml:1:1: unknown key 'xyz' in a policy, expected one of version, auto-reload, limits, protect, avoid, swap, rules")]
    [InlineData("limits: { kills-per-minute: 0 }", "p.yaml:1:29: 'kills-per-minute' is '0', expected a whole number from 1 to 48")]
    [InlineData("limits: { kills-per-minute: NaN }", "p.yaml:1:29: 'kills-per-minute' is 'NaN', expected a whole number from 1 to 48")]
    [InlineData("rules:\n  - {}", "p.yaml:2:5: a rule without 'name', expected a name such as name: out-of-memory-soon\np.yaml:2:5: a rule without 'when', expected a condition such as when: mem.available < 10%\np.yaml:2:5: a rule without 'then', expected a list of actions")]
    [InlineData("version: 1\nversion: 1", "p.yaml:2:1: the key 'version' is here a second time, it was first on line 1; leave one of them out, or put '- ' before the first key of another entry")]
    [InlineData("version: 1\n---\nb: 2", "p.yaml:2:1: a second document begins here, expected one document in a file: put what follows '---' into a file of its own")]
    [InlineData("version: &x 1\nauto-reload: *x", "p.yaml:1:10: anchors (&) are not used in policies; quote text that starts with '&'\np.yaml:2:14: '*x' is an alias, which policies do not have; quote patterns that start with '*'\np.yaml:2:14: 'auto-reload': '*x' is not a number, expected a duration such as 10s")]
    [InlineData("version: !!str 1", "p.yaml:1:10: tags (!) are not used in policies; quote text that starts with '!'")]
    [InlineData("version: !!str 1\nruels: []", "p.yaml:1:10: tags (!) are not used in policies; quote text that starts with '!'\np.yaml:2:1: unknown key 'ruels' in a policy; did you mean 'rules'?")]
    [InlineData("? [a]\n: 1", "p.yaml:1:3: a list cannot be a key, expected a word; quote text that starts with a bracket")]
    [InlineData("a: [1, 2\nb: 1", "p.yaml:1:4: not valid YAML: this '[' is not closed, expected ']' after its last entry")]
    [InlineData("a:\n\t- b", "p.yaml:2:1: a tab in the indentation, expected spaces")]
    [InlineData("a: @b", "p.yaml:1:4: not valid YAML: quote text that starts with '@'")]
    [InlineData("a: b: c", "p.yaml:1:5: not valid YAML: while scanning a plain scalar value, found invalid mapping; expected 'key: value' under the key before it, and quotes around text with ': ' or ' #' in it")]
    [InlineData("a: \u0000", "p.yaml:1:4: the character U+0000 cannot stand in a policy, expected plain text: take it out")]
    [InlineData("a: x\u2028", "p.yaml:1:5: the character U+2028 cannot stand in a policy, expected plain text: take it out")]
    public void Document_Mistakes(string text, string said) => Assert.Equal(said, Policies.Lines(Policies.Read(text)));

    [Theory]
    [InlineData("for-each: **", "p.yaml:5:15: '**' is an alias, which policies do not have; quote patterns that start with '*'")]
    [InlineData("for-each: *", "p.yaml:5:15: not valid YAML: quote patterns that start with '*'")]
    [InlineData("for-each: { xattr: user.x }", "p.yaml:5:15: for-each without 'cgroup', expected a cgroup pattern such as \"user.slice/**\"")]
    [InlineData("for-each: { cgroup: a, xatr: user.x }", "p.yaml:5:28: unknown key 'xatr' in for-each; did you mean 'xattr'?")]
    [InlineData("for-each: { cgroup: a, xattr: x }", "p.yaml:5:35: 'xattr' is 'x', expected user.NAME or trusted.NAME")]
    [InlineData("for-each: { cgroup: a, xattr: user. }", "p.yaml:5:35: 'xattr' is 'user.', expected user.NAME or trusted.NAME")]
    [InlineData("for-each: { cgroup: a, value: x }", "p.yaml:5:35: 'value' without 'xattr', expected the attribute that has it")]
    [InlineData("for-each: { cgroup: a//b }", "p.yaml:5:25: 'cgroup': the pattern 'a//b' has an empty part between slashes or at its end, expected names such as a/b")]
    [InlineData("for-each: a//b", "p.yaml:5:15: 'for-each': the pattern 'a//b' has an empty part between slashes or at its end, expected names such as a/b")]
    [InlineData("for-each: ./a", "p.yaml:5:15: 'for-each': './a' begins with './', which means below the match; here expected a path from the root, such as \"user.slice/**\"")]
    [InlineData("for-each: ''", "p.yaml:5:15: 'for-each': the pattern '' is empty, expected a cgroup pattern such as \"user.slice/**\"")]
    [InlineData("cooldown: 10", "p.yaml:5:15: 'cooldown': '10' has no unit, expected a duration such as 10s")]
    [InlineData("cooldown: soon", "p.yaml:5:15: 'cooldown': 'soon' is not a number, expected a duration such as 10s")]
    [InlineData("cooldown: 10 secs", "p.yaml:5:15: 'cooldown': '10 secs' has an unknown unit 'secs', expected a duration such as 10s; did you mean '10s'?")]
    [InlineData("cooldown: 25h", "p.yaml:5:15: 'cooldown' is '25h', expected at most 24h")]
    [InlineData("dry-run: yes", "p.yaml:5:14: 'dry-run' is 'yes', expected true or false; did you mean true?")]
    [InlineData("dry-run: \"true\"", "p.yaml:5:14: 'dry-run' is 'true' in quotes, expected true or false; did you mean true?")]
    [InlineData("dry-run:", "p.yaml:5:13: 'dry-run' is nothing, expected true or false")]
    [InlineData("until: mem.fre > 1GiB", "p.yaml:5:12: unknown metric 'mem.fre'; did you mean 'mem.free'?")]
    [InlineData("unitl: mem.free > 1GiB", "p.yaml:5:5: unknown key 'unitl' in a rule; did you mean 'until'?")]
    [InlineData("until: [a]", "p.yaml:5:12: 'until' is a list, expected a condition such as mem.available < 10%")]
    [InlineData("replace: true", "p.yaml:2:11: no rule 'a' in an earlier file to replace: no earlier file has rules; to check a file that changes another policy put that before it: pressurectl check /usr/lib/pressured/pressured.yaml p.yaml")]
    [InlineData("disable: true", "p.yaml:3:5: 'when' beside 'disable', expected the name alone; to leave out a new rule write disabled: true\np.yaml:4:5: 'then' beside 'disable', expected the name alone; to leave out a new rule write disabled: true\np.yaml:2:11: no rule 'a' in an earlier file to disable: no earlier file has rules; to check a file that changes another policy put that before it: pressurectl check /usr/lib/pressured/pressured.yaml p.yaml")]
    [InlineData("extend: true\n    replace: true", "p.yaml:2:11: a rule has one of 'replace', 'extend' and 'disable' at most; leave the others out\np.yaml:2:11: no rule 'a' in an earlier file to extend: no earlier file has rules; to check a file that changes another policy put that before it: pressurectl check /usr/lib/pressured/pressured.yaml p.yaml")]
    public void Rule_Mistakes(string key, string said) =>
        Assert.Equal(Sorted(said), Policies.Lines(Policies.Read(Policies.Rule("mem.free < 1GiB", $"    {key}\n"))));

    [Theory]
    [InlineData("{ klil: {} }", "p.yaml:4:14: unknown key 'klil' in an action; did you mean 'kill'?\np.yaml:4:20: kill without 'from', expected a cgroup pattern such as from: \"**\"")]
    [InlineData("{}", "p.yaml:4:12: nothing in one step, expected one: put '- ' before each")]
    [InlineData("{ log: a, wait: 1s }", "p.yaml:4:12: 2 actions in one step, expected one: put '- ' before each")]
    [InlineData("{ log: '' }", "p.yaml:4:19: 'log' has 0 characters, expected 1 to 200")]
    [InlineData("{ wait: 0s }", "p.yaml:4:20: 'wait' is 0, expected a longer time or no such step")]
    [InlineData("{ wait: 11min }", "p.yaml:4:20: 'wait' is '11min', expected at most 10 min")]
    [InlineData("{ notify: hgih }", "p.yaml:4:22: 'notify' is 'hgih', expected one of low, medium, critical")]
    [InlineData("{ notify: critcal }", "p.yaml:4:22: 'notify' is 'critcal', expected one of low, medium, critical; did you mean 'critical'?")]
    [InlineData("{ kill: {} }", "p.yaml:4:20: kill without 'from', expected a cgroup pattern such as from: \"**\"")]
    [InlineData("{ kill: { from: \"**\", victim: proces } }", "p.yaml:4:42: 'victim' is 'proces', expected one of process, cgroup, process-group, unit; did you mean 'process'?")]
    [InlineData("{ kill: { from: \"**\", rank: [] } }", "p.yaml:4:40: 'rank' is an empty list, expected one of size, badness, growth, age, swap, pressure, pgscan, io-cost, rss")]
    [InlineData("{ kill: { from: \"**\", rank: [size, size] } }", "p.yaml:4:47: 'rank' has 'size' twice, expected it once")]
    [InlineData("{ kill: { from: \"**\", signal: HUP } }", "p.yaml:4:42: 'signal' is 'HUP', expected one of TERM, KILL")]
    [InlineData("{ kill: { from: \"**\", min-size: 50 } }", "p.yaml:4:44: 'min-size': '50' has no unit, expected a size such as 50MiB")]
    [InlineData("{ kill: { from: \"**\", min-size: 50MB } }", "p.yaml:4:44: 'min-size': '50MB' has an unknown unit 'MB', expected a size such as 50MiB; did you mean '50MiB'?")]
    [InlineData("{ kill: { from: \"**\", stalls-others: 0% } }", "p.yaml:4:49: 'stalls-others' is 0%, expected a share above it or no such key")]
    [InlineData("{ kill: { from: \"**\", stalls-others: 101% } }", "p.yaml:4:49: 'stalls-others' is '101%', expected at most 100%")]
    [InlineData("log: x, kill: { from: ./** }", "p.yaml:4:20: this step is about the match ('from' or 'of' begins with './', or there is no 'of'), but the rule has no 'for-each', expected one such as for-each: user.slice/*, or a pattern from the root")]
    [InlineData("{ kill: { from: ./** } }", "p.yaml:4:12: this step is about the match ('from' or 'of' begins with './', or there is no 'of'), but the rule has no 'for-each', expected one such as for-each: user.slice/*, or a pattern from the root")]
    public void Action_Mistakes(string action, string said)
    {
        string text = $"rules:\n  - name: a\n    when: mem.free < 1GiB\n    then: [{action}]\n    cooldown: 1s\n";

        Assert.Equal(said, Policies.Lines(Policies.Read(text)));
    }

    [Theory]
    [InlineData("{}", "p.yaml:2:5: an empty matcher would match everything, expected comm, exe, cgroup, unit, uid or others")]
    [InlineData("{ com: a }", "p.yaml:2:7: unknown key 'com' in a matcher; did you mean 'comm'?")]
    [InlineData("{ exe: \"*a\" }", "p.yaml:2:12: 'exe': '*a' is not a regular expression: at offset 1. Quantifier '*' following nothing; did you mean 'a$'?")]
    [InlineData("{ exe: \"\" }", "p.yaml:2:12: 'exe' is empty, which would match everything, expected a regular expression such as \"^ld$\"")]
    [InlineData("{ comm: \"^gnome-session-binary$\", uid: 0 }", "p.yaml:2:13: 'comm' '^gnome-session-binary$' can never match: the kernel keeps 15 bytes of a name; expected the beginning of it without '$', or 'exe'")]
    [InlineData("{ unit: sshd }", "p.yaml:2:13: 'unit' is 'sshd', expected a systemd unit such as ssh.service; did you mean 'sshd.service'?")]
    [InlineData("{ unit: \"*\" }", "p.yaml:2:13: 'unit' is '*', which would match every unit of its kind, expected more of a name, such as app-*.service")]
    [InlineData("{ unit: a/b.service }", "p.yaml:2:13: 'unit' is 'a/b.service', expected a systemd unit such as ssh.service, or 'cgroup' for a path")]
    [InlineData("{ uid: bob }", "p.yaml:2:12: 'uid' is 'bob', expected a number or the name of a user of this machine")]
    [InlineData("{ uid: 4294967295 }", "p.yaml:2:12: 'uid' is '4294967295', expected a number or the name of a user of this machine")]
    [InlineData("{ session-leader: false }", "p.yaml:2:23: 'session-leader' is false, expected true or no such key")]
    [InlineData("{ cgroup: ./a }", "p.yaml:2:15: 'cgroup': './a' begins with './', which means below the match; here expected a path from the root, such as \"user.slice/**\"")]
    public void Matcher_Mistakes(string matcher, string said)
    {
        PolicyResult result = Policies.Read($"protect:\n  - {matcher}\n{Policies.Rule("mem.free < 1GiB")}");

        Assert.Null(result.Policy);
        Assert.Equal(said, Policies.Lines(result));
    }

    [Theory]
    [InlineData("from: \"**\", signal: TERM, grace: 0s", "p.yaml:4:52: warning: TERM with a grace of 0s is followed by KILL at once; write signal: KILL, or a longer grace")]
    [InlineData("from: \"**\", signal: KILL, grace: 1s", "p.yaml:4:52: warning: 'grace' means nothing with signal: KILL; leave it out, or write signal: TERM")]
    [InlineData("from: \"**\", rank: [badness]", "p.yaml:4:37: warning: rank by badness without 'min-size' takes small processes with a high oom_score_adj first, which frees nothing; expected one such as min-size: 50MiB")]
    [InlineData("from: \"**\", protect: [{ comm: ^ssh }]", "p.yaml:4:49: warning: protected by comm alone: any process can call itself that; better protect by 'exe' or 'unit'")]
    public void Kill_Warnings(string kill, string said)
    {
        string text = $"rules:\n  - name: a\n    when: mem.free < 1GiB\n    then: [kill: {{{kill}}}]\n    cooldown: 1s\n";

        PolicyResult result = Policies.Read(text);

        Assert.NotNull(result.Policy);
        Assert.Equal(said, Policies.Lines(result));
    }

    [Fact]
    public void Kill_WithoutCooldown_DrawsAWarning() => Assert.Equal(
        "p.yaml:2:11: warning: the rule 'a' kills without a 'cooldown': the next victim dies before the last one's memory is back; expected one such as cooldown: 1s",
        Policies.Lines(Policies.Read("rules:\n  - name: a\n    when: mem.free < 1GiB\n    then: [kill: { from: \"**\" }]\n")));

    [Theory]
    [InlineData("", "", ", and give the rule a pause such as cooldown: 1s")]
    [InlineData("cooldown: 10s, ", "", "")]
    [InlineData("cooldown: 10s, ", "{ notify: low }, ", "")]
    [InlineData("cooldown: 10s, ", "{ freeze: { of: a, for: 1s } }, ", null)]
    [InlineData("cooldown: 10s, ", "{ kill: { from: b } }, ", null)]
    [InlineData("cooldown: 10s, ", "{ run: { command: /bin/true } }, ", null)]
    public void Kill_WithoutPause_DrawsAWarning(string cooldown, string before, string? more)
    {
        PolicyResult read = Policies.Read(
            $"rules: [ {{ name: a, when: mem.free < 1GiB, {cooldown}then: [ {before}{{ kill: {{ from: '**', always-continue: true }} }} ] }} ]\n");

        Assert.Equal(
            more is null
                ? ""
                : "p.yaml:1:18: warning: the rule 'a' kills without a pause, since no cooldown starts by a kill with 'always-continue': "
                    + $"the next victim dies before the last one's memory is back; leave 'always-continue' out{more}",
            Policies.Lines(read));
        Assert.Equal(
            more is null,
            PolicyText.Describe(read.Policy!.Rules[0], default).Contains("  Not again for 10 s after it has acted."));
    }

    [Theory]
    [InlineData("kills-per-minute: 3", "kill: { from: '**' }", "All rules together kill at most 3 times a minute, and hold back after 2 deaths in a row that free less than a quarter of what they should; records of incidents take at most 16 MiB on disk.")]
    [InlineData("incidents: 0B", "reclaim: { of: a, amount: 1MiB }", "No records of incidents are kept.")]
    [InlineData("incidents: 0B, futile-kills: 1", "kill: { from: '**' }", "All rules together kill at most 10 times a minute, and hold back after a death that frees less than a quarter of what it should; no records of incidents are kept.")]
    public void Limits_AreSaidAfterTheRules(string limits, string action, string said) => Assert.Equal(
        ["", said, "", "swap rules, for as long as the daemon runs:", "  vm.swappiness is 60"],
        PolicyText.Describe(
            Policies.Valid(
                $"limits: {{ {limits} }}\nswap: {{ swappiness: 60 }}\n"
                + $"rules: [ {{ name: a, when: mem.free < 1GiB, cooldown: 1s, then: [ {{ {action} }} ] }} ]\n"),
            default)
            .TakeLast(5));

    [Theory]
    [InlineData("mem.fre < 1GiB", 11)]
    [InlineData("\"mem.fre < 1GiB\"", 12)]
    [InlineData("'mem.fre < 1GiB'", 12)]
    public void Condition_OnOneLine_IsPointedAt(string when, int column) =>
        Assert.StartsWith($"p.yaml:3:{column}: unknown metric 'mem.fre'", Policies.Lines(Policies.Read(Policies.Rule(when))));

    [Theory]
    [InlineData(">-\n      mem.free < 1GiB\n\n      and mem.fre < 2GiB", "p.yaml:6:11")]
    [InlineData("|\n      mem.free < 1GiB\n      and mem.fre < 2GiB", "p.yaml:5:11")]
    [InlineData("mem.free < 1GiB\n      and   mem.fre < 2GiB", "p.yaml:4:13")]
    [InlineData("'mem.free < 1GiB\n      and mem.fre < 2GiB'", "p.yaml:4:11")]
    [InlineData("mem.free < 1GiB\r\n      and mem.fre < 2GiB", "p.yaml:4:11")]
    [InlineData("mem.free <\n      1", "p.yaml:4:7: '1' has no unit")]
    [InlineData(">\n      mem.free <\n      ", "p.yaml:4:17: the condition ends here")]
    public void Condition_OverSeveralLines_IsPointedAt(string when, string place) =>
        Assert.StartsWith(place, Policies.Lines(Policies.Read(Policies.Rule(when))));

    [Theory]
    [InlineData("for-each: a//b\n    until: memory.currnt < 1GiB", "5:15 6:12")]
    [InlineData("for-each: **\n    until: memory.current < 1", "5:15 6:29")]
    [InlineData("cooldown: 5\n    until: memory.current < 1GiB", "5:15 6:12")]
    [InlineData("untl: mem.free > 1GiB\n    until: mem.fre > 1GiB", "5:5 6:12")]
    public void Condition_OfARuleWithOtherMistakes_IsCheckedWithThem(string keys, string places) => Assert.Equal(
        places.Split(' ').Select(place => $"p.yaml:{place}"),
        Policies.Read(Policies.Rule("mem.free < 1GiB", $"    {keys}\n")).Diagnostics
            .Select(item => $"{item.File}:{item.Line}:{item.Column}"));

    [Theory]
    [InlineData("mem.avail < 10%", "mem.available")]
    [InlineData("memory.pressure.full.avg10 > 10%", "psi.memory.full.avg10")]
    [InlineData("pressure.io.some.avg60 > 10%", "psi.io.some.avg60")]
    [InlineData("psi.mem.full.avg10 > 10%", "psi.memory.full.avg10")]
    [InlineData("vm.oom_kill > 0/s", "vm.oom_kills")]
    public void Metric_ByAnotherName_IsKnownForWhatWasMeant(string when, string meant) => Assert.EndsWith(
        $"; did you mean '{meant}'?", Policies.Lines(Policies.Read(Policies.Rule(when))));

    [Fact]
    public void Mistakes_InSeveralFiles_AreReportedTogetherInOrder()
    {
        PolicyResult result = Policies.Read(
            ("1.yaml", Policies.Rule("mem.fre < 1GiB")),
            ("2.yaml", "rules: [\n"),
            ("3.yaml", Policies.Rule("mem.free < 1").Replace("name: a", "name: b")));

        Assert.Null(result.Policy);
        Assert.Equal(
            ["1.yaml:3:11", "2.yaml:1:8", "3.yaml:3:22"],
            result.Diagnostics.Select(item => $"{item.File}:{item.Line}:{item.Column}"));
    }

    [Fact]
    public void SameName_InOneFile_IsAnError() => Assert.Equal(
        "p.yaml:5:11: the rule 'a' is already at p.yaml:2:11; give it another name",
        Policies.Lines(Policies.Read(
            Policies.Rule("mem.free < 1GiB") + "  - name: a\n    when: mem.free < 1GiB\n    then: [ { log: x } ]\n")));

    [Fact]
    public void SameName_InALaterFile_IsAnErrorThatSaysHow() => Assert.Equal(
        "2.yaml:2:11: the rule 'a' is already at 1.yaml:2:11; give it another name, or say replace: true, extend: true or disable: true",
        Policies.Lines(Policies.Read(
            ("1.yaml", Policies.Rule("mem.free < 1GiB")), ("2.yaml", Policies.Rule("mem.free < 1GiB")))));

    [Theory]
    [InlineData("- when: mem.fre < 10\n    until: mem.free > 5", "2:5 2:11 2:21 3:23")]
    [InlineData("- name: Bad\n    when: mem.fre < 10GB and rate(vm.scan, 1d) > 5\n    then: [ { throttle: { to: 3 } } ]", "2:11 3:11 3:21 3:44 4:13 4:25 4:31")]
    [InlineData("- nmae: a\n    wehn: mem.fre < 3%\n    then: [ { kil: { form: a//b, victm: x, rank: [sise, agee], signal: HUP } } ]", "2:5 3:5 3:11 4:15 4:22 4:28 4:34 4:41 4:51 4:57 4:72")]
    [InlineData("- name: a\n    for_each: a//b\n    when: memory.curent < 3\n    then: [ { notify: x, wait: 3 } ]", "3:5 3:15 4:11 4:27 5:13 5:23 5:32")]
    [InlineData("- name: a\n    when: memory.current < 3\n    then: { notify: x, wait: 3 }", "3:11 4:11 4:21 4:30")]
    [InlineData("- name: a\n    extend: true\n    when: memory.curent < 3%\n    until: mem.free > 3", "2:11 4:11 5:23")]
    [InlineData("- name: a\n    disable: true\n    replace: true\n    when: memory.current < 3", "2:11 2:11 5:28")]
    [InlineData("- name: a\n    when: mem.free < 3%\n    then: [ { freeze: { for: 1d } }, { kill: { from: ./**, grace: 3 } } ]", "4:13 4:30 4:67")]
    [InlineData("- name: a\n    when: mem.free < 3%\n    then: [ { set: { of: a//b, file: cpu.weight, value: 0 } }, { set: { file: memory.high } } ]", "4:26 4:57 4:71 4:71")]
    [InlineData("- name: a\n    when: mem.free < 3%\n    then: [ { swap: { of: a//b } }, { kill: { from: a//b, stalls-others: 0% } }, { unit: { restart: a, timeout: 0s } } ]", "4:21 4:27 4:53 4:74 4:101 4:113")]
    [InlineData("- name: a\n    extend: yes\n    cooldown: 3", "2:11 3:13 4:15")]
    [InlineData("- name: a\n    when: mem.fre < 3%\n    then: [ { log: x } ]\n---\nx: 1", "3:11 5:1")]
    [InlineData("- name: a\n    when: mem.free < 3%\n    then: [ { run: { command: [[], {}, a] } } ]", "4:31 4:32 4:36")]
    public void Mistakes_OfARule_AreAllToldAtOnce(string rule, string places)
    {
        if (!rule.Contains("then:") && !rule.Contains("true") && !rule.Contains("yes"))
            rule += "\n    then: [ { log: x } ]";

        PolicyResult result = Policies.Read($"rules:\n  {rule}\n");

        Assert.True(
            places == string.Join(' ', result.Diagnostics.Select(item => $"{item.Line}:{item.Column}")),
            Policies.Lines(result));
    }

    [Fact]
    public void Mistakes_OfASecondRuleOfAName_AreToldToo() => Assert.Equal(
        ["5:11", "6:11", "8:11", "10:11"],
        Policies.Read(
            Policies.Rule("mem.free < 1GiB")
            + "  - name: a\n    when: mem.fre < 1GiB\n    then: [ { log: x } ]\n"
            + "  - name: a\n    extend: true\n    when: mem.fre < 1GiB\n").Diagnostics.Select(item => $"{item.Line}:{item.Column}"));

    [Theory]
    [InlineData("{ comm: '*x', session-leader: false }", "2:13 2:35")]
    [InlineData("{ com: '*x', cgruop: a//b }", "2:7 2:12 2:18 2:26")]
    public void Mistakes_OfAMatcher_AreAllToldAtOnce(string matcher, string places) => Assert.Equal(
        places,
        string.Join(' ', Policies.Read($"protect:\n  - {matcher}\n{Policies.Rule("mem.free < 1GiB")}").Diagnostics
            .Select(item => $"{item.Line}:{item.Column}")));

    [Fact]
    public void Change_OfARuleOfALaterFile_IsToldWhereThatIs() => Assert.Equal(
        "1.yaml:2:11: no rule 'a' in an earlier file to extend: it comes later, at 2.yaml:2:11, and a change applies to what comes "
        + "before it; give this file a later name",
        Policies.Lines(Policies.Read(
            ("1.yaml", "rules:\n  - name: a\n    extend: true\n"), ("2.yaml", Policies.Rule("mem.free < 1GiB")))));

    [Fact]
    public void Change_OfARuleFurtherDown_IsToldToChangeItThere() => Assert.Equal(
        "p.yaml:2:11: no rule 'a' in an earlier file to extend: it is in this very file, on line 4: change it there",
        Policies.Lines(Policies.Read(
            "rules:\n  - name: a\n    extend: true\n" + Policies.Rule("mem.free < 1GiB")["rules:\n".Length..])));

    [Theory]
    [InlineData("extend: true")]
    [InlineData("disable: true")]
    [InlineData("replace: true, when: mem.free < 1GiB, then: [ { log: x } ]")]
    public void Change_OfARuleThatIsNotThere_KnowsThoseThatTheFileHasChanged(string change) => Assert.Equal(
        "2.yaml:3:11: no rule 'bess' in an earlier file to disable; did you mean 'bass'?",
        Policies.Lines(Policies.Read(
            ("pressured.yaml", Policies.Rule("mem.free < 1GiB").Replace("name: a", "name: bass")),
            ("2.yaml", $"rules:\n  - {{ name: bass, {change} }}\n  - name: bess\n    disable: true\n"))));

    [Theory]
    [InlineData("pressured.yaml", "b", "those there are: b")]
    [InlineData("x/pressured.yaml", "axx", "did you mean 'axx'?")]
    [InlineData("1.yaml", "b", "those there are: b; to check a file that changes another policy put that before it: pressurectl check /usr/lib/pressured/pressured.yaml 1.yaml '2 x.yaml'")]
    public void Change_OfARuleThatIsNotThere_IsToldTheRemedy(string file, string name, string said) => Assert.Equal(
        $"2 x.yaml:2:11: no rule 'axxx' in an earlier file to disable; {said}",
        Policies.Lines(Policies.Read(
            (file, Policies.Rule("mem.free < 1GiB").Replace("name: a", $"name: {name}")),
            ("2 x.yaml", "rules:\n  - name: axxx\n    disable: true\n"))));

    [Fact]
    public void Change_AfterAnEmptyFile_IsLookedForAllTheSame() => Assert.Equal(
        ["1.yaml:0", "2.yaml:2"],
        Policies.Read(("1.yaml", "# x\n"), ("2.yaml", "rules:\n  - name: a\n    extend: true\n")).Diagnostics
            .Select(item => $"{item.File}:{item.Line}"));

    [Theory]
    [InlineData("cooldown: 1d", "an unknown unit 'd', expected a duration such as 10s, in ms, s, min, h")]
    [InlineData("cooldown: 10x", "an unknown unit 'x', expected a duration such as 10s, in ms, s, min, h")]
    [InlineData("cooldown: 30", "no unit, expected a duration such as 10s")]
    [InlineData("cooldown: 30m", "an unknown unit 'm', expected a duration such as 10s; did you mean '30min'?")]
    [InlineData("cooldown: 3000m", "an unknown unit 'm', expected a duration such as 10s, in ms, s, min, h")]
    [InlineData("cooldown: 1.5.5m", "an unknown unit 'm', expected a duration such as 10s, in ms, s, min, h")]
    public void Suggestion_IsWhatWouldBeTaken(string key, string said)
    {
        string lines = Policies.Lines(Policies.Read(Policies.Rule("mem.free < 1GiB", $"    {key}\n")));

        Assert.EndsWith($"' has {said}", lines);
    }

    [Theory]
    [InlineData("swap: { of: a, max: 5m }", "'max': '5m' has an unknown unit 'm', expected a size such as 50MiB or max; did you mean '5MiB'?")]
    [InlineData("unit: { restart: web }", "'restart' is 'web', expected the full name of a service: name.service; did you mean 'web.service'?")]
    [InlineData("unit: { restart: dbus }", "'restart' is 'dbus', expected the full name of a service: name.service")]
    [InlineData("notify", "'notify' is not an action, expected keys with values such as 'notify: …'")]
    [InlineData("noti", "'noti' is not an action, expected keys with values such as 'notify: …'")]
    [InlineData("x", "'x' is not an action, expected keys with values such as 'log: …'")]
    public void Suggestion_OfAStep_IsWhatWouldBeTaken(string step, string said) => Assert.EndsWith(
        $": {said}",
        Policies.Lines(Policies.Read($"rules: [ {{ name: a, when: mem.free < 1GiB, then: [ {step} ] }} ]")));

    [Theory]
    [InlineData("foo bar.service")]
    [InlineData("a[1].service")]
    [InlineData("x{.service")]
    public void Unit_ThatNoneCanBeCalled_IsAnError(string unit) => Assert.Equal(
        $"p.yaml:2:13: 'unit' is '{unit}', which no unit can be called, expected a systemd unit such as ssh.service",
        Policies.Lines(Policies.Read($"protect:\n  - {{ unit: '{unit}' }}\n{Policies.Rule("mem.free < 1GiB")}")));

    [Fact]
    public void Condition_WithACommaInBraces_IsToldToBeQuoted() => Assert.EndsWith(
        "\np.yaml:1:54: unknown key '2s) > 3/s' in a rule: within braces quote a text that has a comma",
        Policies.Lines(Policies.Read("rules: [ { name: a, for-each: a, when: rate(vm.scan, 2s) > 3/s, then: [ { log: x } ] } ]")));

    [Fact]
    public void Bracket_ThatEndsTooLate_IsToldWithWhereItBegan() => Assert.Equal(
        "p.yaml:3:3: not valid YAML: expected ',' or ']' before this place, since the '[' on line 2 is not closed",
        Policies.Lines(Policies.Read("rules:\n  [ {}\n  - a\n")));

    [Fact]
    public void DisabledRule_IsCheckedAndLeftOut()
    {
        string disabled = Policies.Rule("memory.current < 1GiB", "    disabled: true\n    for-each: a\n");

        Assert.Empty(Policies.Valid(disabled).Rules);
        Assert.NotEqual("", Policies.Lines(Policies.Read(Policies.Rule("memory.current < 1GiB", "    disabled: true\n"))));
    }

    private static string Sorted(string lines) =>
        string.Join('\n', lines.Split('\n').OrderBy(line => line.Split(':')[1], System.StringComparer.Ordinal));
}
