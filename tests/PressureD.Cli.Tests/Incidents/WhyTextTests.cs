using System;
using System.Text;
using PressureD.Cli.Incidents;

namespace PressureD.Cli.Tests.Incidents;

public sealed class WhyTextTests
{
    internal const string Chrome = """
        {"format":1,"id":42,"time_usec":1700000000000000,"rule":"out-of-memory-soon","outcome":"killed",
        "summary":"died: 4711 (chrome)","daemon":"1.2.3","source":"pressured.yaml:12","active_before_usec":0,
        "over_after_usec":900000,"cgroup":null,
        "condition":{"text":"time_to_exhaustion < 3s or mem.available_user < 4%","comparisons":[
        {"metric":"time_to_exhaustion","of_machine":true,"unit":"usec","comparison":"<","value":2100000,"threshold":3000000},
        {"metric":"mem.available_user","of_machine":true,"unit":"millionths","comparison":"<","value":80000,"threshold":40000}]},
        "candidate_count":4,"candidates":[
        {"pid":10,"comm":"postgres","cgroup":"/system.slice/postgresql.service","size_bytes":3221225472,"verdict":"protected"},
        {"pid":11,"comm":"Xorg","cgroup":"/x","size_bytes":2621225472,"verdict":"protected"},
        {"pid":12,"comm":"tiny","cgroup":"/x","size_bytes":2521225472,"verdict":"dying already"},
        {"pid":4711,"comm":"chrome","cgroup":"/user.slice/app-chrome.scope","size_bytes":2254857840,"verdict":"","taken":true}],
        "acts":[
        {"after_usec":0,"kind":"signalled","text":"KILL to 4711 (chrome)","pid":4711,"comm":"chrome","cgroup":"/user.slice/app-chrome.scope","expected_bytes":2254857840},
        {"after_usec":500000,"kind":"died","text":"died: 4711 (chrome)","pid":4711,"comm":"chrome","cgroup":"/user.slice/app-chrome.scope","expected_bytes":2254857840,"freed_bytes":2147483648,"took_usec":300000}],
        "acts_left_out":0,
        "samples":{"columns":["after_usec","available_bytes","swap_bytes","time_to_exhaustion_usec","memory_full_total_usec"],
        "rows":[[-2000000,637534208,0,null,100000],[-1000000,482344960,0,4000000,300000],[0,327155712,0,2100000,710000],
        [1000000,2474639360,0,null,960000],[4000000,2474639360,0,null,1020000]]},
        "incidents_lost_before":0}
        """;

    [Fact]
    public void A_kill_is_told_in_one_paragraph_a_person_understands()
    {
        string paragraph = WhyText.Paragraph(Parse(Chrome));
        Assert.Equal(
            "killed chrome (pid 4711, 2.1 GiB) in app-chrome.scope because available memory would have run out in 2.1 s "
            + "(limit 3.0 s): 312.0 MiB left, falling 148.0 MiB/s; 2 ranked higher: protected: postgres (10), Xorg (11); "
            + "1 ranked higher: dying already: tiny (12); freed 2.0 GiB in 300 ms; pressure fell from 41.0% to 2.0% in 4.0 s",
            paragraph);
    }

    [Fact]
    public void One_that_goes_on_is_told_as_far_as_it_is_known()
    {
        string text = WhyText.Render(
            Parse("""
                {"format":1,"id":7,"time_usec":1700000000000000,"rule":"r","outcome":"noted","summary":"fired",
                "source":"p.yaml:2","daemon":"1.2.3","active_before_usec":0,"over_after_usec":null,"so_far_usec":12300000,
                "condition":{"text":"mem.available_user < 4% and time_to_exhaustion < 3s","comparisons":[
                {"metric":"mem.available_user","of_machine":true,"unit":"millionths","comparison":"<","value":30000,"threshold":40000},
                {"metric":"time_to_exhaustion","of_machine":true,"unit":"usec","comparison":"<","value":null,"unlimited":true,"threshold":3000000}]},
                "acts":[],"samples":{"columns":["after_usec","available_bytes"],"rows":[[0,327155712]]}}
                """),
            TimeZoneInfo.Utc);
        Assert.StartsWith(
            "22:13:20 rule r fired and has done nothing yet, because 3.0% of what programs can have was available "
            + "(limit 4.0%): 312.0 MiB left. Incident 7 still goes on, for 12.3 s now: this is what is known so far.",
            text.Replace('\n', ' '));
        Assert.Contains("  held      for 12.3 s so far\n", text);
        Assert.Contains("time_to_exhaustion was not in sight, asked for < 3.0 s: false\n", text);
    }

    [Fact]
    public void One_that_its_daemon_did_not_complete_is_told_as_that()
    {
        string text = WhyText.Render(
            Parse("""
                {"format":1,"id":7,"time_usec":1700000000000000,"rule":"r","outcome":"noted","so_far_usec":2300000,
                "cut_off":true,"summary":"fired","over_after_usec":null,"condition":{"text":"c"},"acts":[]}
                """),
            TimeZoneInfo.Utc).Replace('\n', ' ');
        Assert.Contains(
            "The daemon ended before incident 7 was complete, or could not write more of it: this is what it had kept of "
            + "its first 2.3 s.",
            text);
        Assert.DoesNotContain("still goes on", text);
        Assert.Contains("  held      for 2.3 s at least", text);
    }

    [Fact]
    public void Those_that_were_larger_and_ranked_lower_are_named_with_what_was_asked_for()
    {
        string paragraph = WhyText.Paragraph(Parse("""
            {"format":1,"id":7,"rule":"r","outcome":"killed","condition":{"text":"c"},"ranked_by":["growth","size"],
            "candidate_count":3,"candidates":[
            {"pid":1,"comm":"leak","cgroup":"/a","size_bytes":1048576,"verdict":"","taken":true},
            {"pid":2,"comm":"big","cgroup":"/b","size_bytes":9048576,"verdict":""},
            {"pid":3,"comm":"small","cgroup":"/c","size_bytes":48576,"verdict":""}],
            "acts":[{"kind":"died","pid":1,"comm":"leak","cgroup":"/a","expected_bytes":1048576,"freed_bytes":1048576}]}
            """));
        Assert.Equal(
            "killed leak (pid 1, 1.0 MiB) in a (c); 1 larger ranked lower by growth, size: big (2); freed 1.0 MiB",
            paragraph);
    }

    [Fact]
    public void Who_is_in_no_cgroup_but_the_root_is_there()
    {
        string text = WhyText.Render(
            Parse("""
                {"format":1,"id":7,"rule":"r","outcome":"killed","condition":{"text":"c"},
                "candidates":[{"pid":1,"comm":"leak","cgroup":null,"size_bytes":1048576,"verdict":"","taken":true}],
                "acts":[{"kind":"died","pid":1,"comm":"leak","expected_bytes":1048576}]}
                """),
            TimeZoneInfo.Utc);
        Assert.Contains("killed leak (pid 1, 1.0 MiB) in / (c)", text, StringComparison.Ordinal);
        Assert.Contains("leak (1) in /: taken", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_was_taken_those_that_were_passed_over_are_named()
    {
        string paragraph = WhyText.Paragraph(Parse("""
            {"format":1,"id":7,"rule":"r","outcome":"held-back","condition":{"text":"c"},
            "candidates":[{"pid":2,"comm":"big","cgroup":"/b","size_bytes":9048576,"verdict":"protected"}],
            "acts":[{"kind":"held-back","text":"nobody qualifies"}]}
            """));
        Assert.EndsWith("; 1 passed over: protected: big (2)", paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void The_evidence_follows_and_the_paragraph_fits_a_terminal()
    {
        string text = WhyText.Render(Parse(Chrome), TimeZoneInfo.Utc);
        Assert.StartsWith("22:13:20 killed chrome", text, StringComparison.Ordinal);
        foreach (string line in text.Split("\n\n")[0].Split('\n'))
            Assert.True(line.Length <= 80, line);
        Assert.Contains("42, 2023-11-14 22:13:20.000 +00:00", text, StringComparison.Ordinal);
        Assert.Contains("out-of-memory-soon (pressured.yaml:12), watching the machine; pressured 1.2.3", text, StringComparison.Ordinal);
        Assert.Contains("mem.available_user was 8.0%, asked for < 4.0%: false", text, StringComparison.Ordinal);
        Assert.Contains("for 900 ms", text, StringComparison.Ordinal);
        Assert.Contains("+0.50 s  died: 4711 (chrome)", text, StringComparison.Ordinal);
        Assert.Contains("3.0 GiB  postgres (10) in /system.slice/postgresql.service: protected", text, StringComparison.Ordinal);
        Assert.Contains("chrome (4711) in /user.slice/app-chrome.scope: taken", text, StringComparison.Ordinal);
        Assert.Contains("-1.00 s", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Not_having_acted_is_told_with_the_reason()
    {
        string paragraph = WhyText.Paragraph(Parse("""
            {"format":1,"id":7,"time_usec":0,"rule":"thrash","outcome":"held-back","summary":"not acted: x",
            "condition":{"text":"c","comparisons":[
            {"metric":"psi.memory.full.avg10","of_machine":false,"unit":"millionths","comparison":">","value":410000,"threshold":200000},
            {"metric":"swap.free","of_machine":true,"unit":"bytes","comparison":"<","value":0,"threshold":0}]},
            "cgroup":"/workload.slice",
            "acts":[{"after_usec":0,"kind":"held-back","text":"brake: the policy's kills-per-minute are used up"}]}
            """));
        Assert.Equal(
            "did nothing: brake: the policy's kills-per-minute are used up; rule thrash wanted to act because everything of "
            + "/workload.slice stood still for memory 41.0% of the last 10 s (limit 20.0%) and there was no swap",
            paragraph);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"format\":1,\"id\":4")]
    [InlineData("[]")]
    [InlineData("{\"id\":4}")]
    [InlineData("{\"format\":2}")]
    public void What_is_cut_off_or_no_incident_is_an_error_that_says_so(string text) =>
        Assert.Throws<FormatException>(() => Parse(text));

    [Fact]
    public void Missing_and_odd_members_are_left_empty()
    {
        IncidentDocument incident = Parse("""
            {"format":1,"rule":7,"acts":[{}],"samples":{"columns":["available_bytes"],"rows":[[],[null],["x"],3]},"condition":3}
            """);
        Assert.Equal("", incident.Rule);
        Assert.NotEmpty(WhyText.Render(incident, TimeZoneInfo.Utc));
    }

    private static IncidentDocument Parse(string text) => IncidentDocument.Parse(Encoding.UTF8.GetBytes(text));
}
