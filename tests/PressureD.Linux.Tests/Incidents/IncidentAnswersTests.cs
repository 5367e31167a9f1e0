using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PressureD.Core.Incidents;
using PressureD.Core.Publishing;
using PressureD.Linux.Incidents;

namespace PressureD.Linux.Tests.Incidents;

/// <summary>What is asked of the incidents on disk, and what becomes of files that are not as they should be.</summary>
public sealed class IncidentAnswersTests : IDisposable
{
    private const long Limit = 4 << 20;
    private const long NowUsec = 60_000_000;

    private readonly string _path = Directory.CreateTempSubdirectory("pressured-incidents-").FullName;
    private readonly IncidentDirectory _directory;
    private readonly IncidentDesk _desk;
    private IncidentAnswers _answers;

    public IncidentAnswersTests()
    {
        _directory = new IncidentDirectory(_path);
        _desk = new IncidentDesk(new NobodySleeps(), new NobodySleeps());
        _answers = new IncidentAnswers(_desk, _directory);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void All_come_newest_first_over_as_many_answers_as_it_takes()
    {
        for (int id = 1; id <= 150; id++)
            Write(id, isMinor: id % 3 == 0, summary: new string('s', 300));
        var all = new List<long>();
        int answers = 0;
        for (bool complete = false; !complete; answers++)
            all.AddRange(List(all.LastOrDefault(), 0, 0, out complete));
        Assert.Equal(Enumerable.Range(1, 150).Reverse().Select(id => (long)id), all);
        Assert.True(answers > 2);
    }

    [Fact]
    public void A_list_ends_at_its_limit_and_at_its_time()
    {
        for (int id = 1; id <= 10; id++)
            Write(id);
        Assert.Equal([10, 9, 8], List(0, 0, 3, out bool complete));
        Assert.False(complete);
        Assert.Equal([7, 6], List(8, 6000, 0, out complete));
        Assert.True(complete);
        Assert.Empty(List(1, 0, 0, out complete));
        Assert.True(complete);
    }

    [Fact]
    public void Those_that_go_on_come_where_they_belong_and_once()
    {
        foreach (int id in (int[])[1, 2, 3, 5])
            Write(id);
        _answers = With(Going(6), Going(5), Going(4));
        Assert.Equal([6, 5, 4, 3, 2, 1], List(0, 0, 0, out bool complete));
        Assert.True(complete);
        Assert.Equal([6, 5], List(0, 0, 2, out complete));
        Assert.False(complete);
        Assert.Equal([4, 3], List(5, 0, 2, out complete));
        Assert.Equal([2, 1], List(3, 0, 2, out complete));
        Assert.True(complete);

        // Those that go on are of now, and what is on disk of long ago.
        Assert.Equal([6, 5, 4], List(0, 1_000_000_000_000, 0, out complete));
    }

    [Fact]
    public void One_that_goes_on_is_given_as_it_is_without_what_is_not_for_everybody()
    {
        Incident going = Going(4);
        going.TakeVictim(Hog(1000));
        _answers = With(going, Going(5));
        IncidentQuery query = Ask(isList: false, 4, withCommandLine: true);
        Assert.Equal(IncidentQueryOutcome.Done, query.Outcome);
        Assert.StartsWith("{\"format\":1,\"id\":4,", Content(query), StringComparison.Ordinal);
        Assert.Contains("\"so_far_usec\":7000000,", Content(query), StringComparison.Ordinal);
        Assert.Contains("--token of 1000", Content(query), StringComparison.Ordinal);
        Assert.False(query.IsWithheld);
        query = Ask(isList: false, 4);
        Assert.True(query.IsWithheld);
        Assert.DoesNotContain("--token", Content(query), StringComparison.Ordinal);
        Assert.Equal(IncidentQueryOutcome.NoSuchIncident, Ask(isList: false, 7).Outcome);
    }

    [Fact]
    public void What_was_written_before_it_was_complete_is_told_by_the_loop_and_after_its_end_as_cut_off()
    {
        var queue = new IncidentQueue();
        var kept = new EventRing(4, new NobodySleeps());
        var writer = new IncidentWriter(queue, _directory, "1.2.3", static () => NowUsec, kept, kept)
        {
            LimitBytes = Limit,
        };
        var copy = new Incident();
        copy.CopyFrom(Going(4), NowUsec);
        queue.Take(copy);
        writer.Drain();
        _answers = With(Going(4));
        Assert.Equal([4], List(0, 0, 0, out _));
        Assert.DoesNotContain("cut_off", Content(Ask(isList: false, 4)), StringComparison.Ordinal);
        Assert.StartsWith("still going on: ", (string)Values(Ask(isList: true, 0))[4], StringComparison.Ordinal);

        // The next daemon knows nothing of it but what is on disk.
        var directory = new IncidentDirectory(_path);
        directory.Scan(mayChange: true);
        Assert.Equal(4, directory.LastId);
        _answers = new IncidentAnswers(_desk, directory);
        Assert.StartsWith(
            "the daemon ended before it was complete: ",
            (string)Values(Ask(isList: true, 0))[4],
            StringComparison.Ordinal);
        Assert.Contains("\"so_far_usec\":7000000,\"cut_off\":true", Content(Ask(false, 4)), StringComparison.Ordinal);

        // Else the complete one takes its place.
        queue.Take(Going(4));
        writer.Drain();
        Assert.Equal([4], List(0, 0, 0, out _));
        Assert.DoesNotContain("so_far_usec", Content(Ask(isList: false, 4)), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_was_let_see_his_own_does_not_see_whoever_is_the_victim_by_now()
    {
        Incident going = Going(4);
        going.TakeVictim(Hog(1000));
        _answers = With(going);
        Assert.Equal(1000, Ask(isList: false, 4).OwnerUid);
        IncidentQuery query = Ask(isList: false, 4, withCommandLine: true, onlyOfUid: 1000);
        Assert.Contains("--token of 1000", Content(query), StringComparison.Ordinal);
        Assert.False(query.IsWithheld);

        going.TakeVictim(Hog(1001));
        query = Ask(isList: false, 4, withCommandLine: true, onlyOfUid: 1000);
        Assert.Equal((IncidentQueryOutcome.Done, true, 1001), (query.Outcome, query.IsWithheld, query.OwnerUid));
        Assert.DoesNotContain("--token", Content(query), StringComparison.Ordinal);
        query = Ask(isList: false, 4, withCommandLine: true);
        Assert.Contains("--token of 1001", Content(query), StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_that_hangs_keeps_nobody_from_what_is_on_disk()
    {
        Write(1);
        OpenIncidents open = new(new NobodySleeps(), new NobodySleeps());
        long clock = 0;
        _answers = new IncidentAnswers(
            _desk,
            _directory,
            new OpenIncidentReader(open, static _ => { }, "1.2.3", () => clock += 1_000_000));
        Assert.Equal([1], List(0, 0, 0, out _));

        // It wakes up, and what it says belongs to nobody any more.
        open.Serve([Going(2)], 0);
        Assert.Equal([1], List(0, 0, 0, out _));
    }

    [Fact]
    public void What_is_damaged_or_gone_keeps_nobody_from_the_others()
    {
        for (int id = 1; id <= 6; id++)
            Write(id);
        Replace(2, "{\"format\":1,\"id\":2,\"ti");
        Replace(3, "");
        Replace(4, "{\"format\":1,\"id\":4,\"time_usec\":9e99,\"rule\":7,\"outcome\":{},\"summary\":\"\"}");
        File.Delete(NameOf(5));
        Directory.CreateDirectory(NameOf(5));
        Assert.Equal([6, 1], List(0, 0, 0, out bool complete));
        Assert.True(complete);
    }

    [Fact]
    public void An_incident_without_a_rule_has_an_empty_one()
    {
        _directory.Write(
            7,
            isMinor: false,
            """{"format":1,"id":7,"time_usec":5,"rule":null,"outcome":"killed","summary":"a\u0022b"}"""u8,
            Limit);
        IncidentQuery query = Ask(isList: true, 0);
        Assert.Equal([7L, 5L, "", "killed", "a\"b", 1L], Values(query));
    }

    [Fact]
    public void One_is_given_whole()
    {
        Write(7, isMinor: true, summary: "é");
        IncidentQuery query = Ask(isList: false, 7);
        Assert.Equal(IncidentQueryOutcome.Done, query.Outcome);
        string text = Encoding.UTF8.GetString(query.Content, 0, query.Length);
        Assert.StartsWith("{\"format\":1,\"id\":7,", text, StringComparison.Ordinal);
        Assert.EndsWith("}", text, StringComparison.Ordinal);
        Assert.Equal(0, query.Content[query.Length]);
    }

    [Theory]
    [InlineData("\"x\"")]
    [InlineData("\"a \\u0022,\\u0022uid\\u0022:0}} \\\\\"")]
    [InlineData("\"\"")]
    [InlineData("{\"a\":[1]}")]
    public void What_a_victim_was_started_as_is_left_out_unless_it_is_asked_for(string line)
    {
        Replace(7, Victim($"\"uid\":1000,\"command_line\":{line}"));
        _directory.Scan(mayChange: false);
        IncidentQuery query = Ask(isList: false, 7);
        Assert.Equal((IncidentQueryOutcome.Done, true, 1000), (query.Outcome, query.IsWithheld, query.OwnerUid));
        Assert.Equal(Victim("\"uid\":1000,\"command_line_withheld\":true"), Content(query));
        Assert.Equal(0, query.Content[query.Length]);
        query = Ask(isList: false, 7, withCommandLine: true);
        Assert.Equal((IncidentQueryOutcome.Done, false), (query.Outcome, query.IsWithheld));
        Assert.Equal(Victim($"\"uid\":1000,\"command_line\":{line}"), Content(query));
    }

    [Theory]
    [InlineData("\"uid\":1000,\"command_line\":null", false, 1000)]
    [InlineData("\"uid\":1000", false, 1000)]
    [InlineData("\"command_line\":\"x\"", true, -1)]
    public void What_is_not_known_is_not_said_to_be_withheld_and_who_is_not_named_is_nobody(
        string victim, bool isWithheld, long owner)
    {
        Replace(7, Victim(victim));
        IncidentQuery query = Ask(isList: false, 7);
        Assert.Equal(IncidentQueryOutcome.Done, query.Outcome);
        Assert.Equal(isWithheld, query.IsWithheld);
        Assert.Equal(isWithheld ? owner : -1, query.OwnerUid);
    }

    [Theory]
    [InlineData("{\"id\":7,\"acts\":[{],\"victim\":{\"uid\":1,\"command_line\":\"geheim\"}}")]
    [InlineData("{\"id\":7}{\"victim\":{\"uid\":1,\"command_line\":\"geheim\"}}")]
    [InlineData("{\"id\":7,\"victim\":{\"uid\":1.5,\"command_line\":\"geheim\"}}")]
    [InlineData("{\"id\":7,\"victim\":{\"uid\":1,\"command_line\":\"geheim}")]
    public void What_cannot_be_found_for_damage_is_given_to_nobody(string content)
    {
        Replace(7, content);
        IncidentQuery query = Ask(isList: false, 7);
        Assert.Equal((IncidentQueryOutcome.Unreadable, 0), (query.Outcome, query.Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(long.MaxValue)]
    public void One_that_is_not_there_is_said_to_be_not_there(long id)
    {
        Write(7);
        Assert.Equal(IncidentQueryOutcome.NoSuchIncident, Ask(isList: false, id).Outcome);
    }

    [Fact]
    public void What_no_bus_could_carry_is_unreadable()
    {
        byte[][] contents =
        [
            "\n"u8.ToArray(), "{\"id\":7,"u8.ToArray(), [(byte)'{', 0xFF, (byte)'}'], [(byte)'{', 0, (byte)'}'],
            Encoding.ASCII.GetBytes(new string('x', IncidentQuery.ContentBytes)),
        ];
        foreach (byte[] content in contents)
        {
            Write(7);
            File.WriteAllBytes(NameOf(7), content);
            Assert.Equal(IncidentQueryOutcome.Unreadable, Ask(isList: false, 7).Outcome);
        }

        File.Delete(NameOf(7));
        Directory.CreateDirectory(NameOf(7));
        Assert.Equal(IncidentQueryOutcome.Unreadable, Ask(isList: false, 7).Outcome);
    }

    /// <summary>Answers over a loop that has these incidents, and answers at once.</summary>
    private IncidentAnswers With(params Incident[] going)
    {
        Loop loop = new(going);
        loop.Open = new OpenIncidents(loop, new NobodySleeps());
        return new IncidentAnswers(
            _desk, _directory, new OpenIncidentReader(loop.Open, static _ => { }, "1.2.3", static () => NowUsec));
    }

    private static Incident Going(long id) =>
        new() { Id = id, OpenedUsec = NowUsec - 7_000_000, Stage = IncidentStage.Open };

    private static Core.Victims.Victim Hog(uint uid)
    {
        var victim = new Core.Victims.Victim
        {
            Identity = Core.Victims.VictimIdentity.OfProcess(4711, startTicks: 1), Uid = uid,
        };
        victim.CommandLine.Append($"/usr/bin/hog --token of {uid}");
        return victim;
    }

    private string NameOf(long id) => Path.Combine(_path, $"{id:D10}.json");

    private void Replace(long id, string text) => File.WriteAllText(NameOf(id), text);

    private void Write(long id, bool isMinor = false, string summary = "s") => _directory.Write(
        id,
        isMinor,
        Encoding.UTF8.GetBytes(
            $$"""{"format":1,"id":{{id}},"time_usec":{{id * 1000}},"rule":"r","outcome":"noted","""
            + $$"""
                "summary":"{{summary}}","acts":[{}]}

                """),
        Limit);

    private static string Victim(string content) =>
        $"{{\"id\":7,\"candidates\":[{{\"command_line\":null}}],\"victim\":{{{content}}},\"samples\":{{}}}}";

    private static string Content(IncidentQuery query) => Encoding.UTF8.GetString(query.Content, 0, query.Length);

    private IncidentQuery Ask(
        bool isList,
        long id,
        long sinceUsec = 0,
        long limit = 0,
        bool withCommandLine = false,
        long onlyOfUid = -1)
    {
        IncidentQuery query = _desk.Begin()!;
        query.IsList = isList;
        query.Id = id;
        query.SinceUsec = sinceUsec;
        query.Limit = limit;
        query.WithCommandLine = withCommandLine;
        query.OnlyOfUid = onlyOfUid;
        _desk.Submit();
        Assert.Null(_desk.Begin());
        _answers.Serve();
        Assert.Same(query, _desk.PeekAnswer());
        _desk.Release();
        return query;
    }

    private long[] List(long below, long sinceUsec, long limit, out bool complete)
    {
        object[] values = Values(Ask(isList: true, below, sinceUsec, limit));
        complete = (long)values[^1] == 1;
        return [.. values[..^1].Where((_, i) => i % 5 == 0).Select(id => (long)id)];
    }

    private static object[] Values(IncidentQuery query)
    {
        var values = new List<object>();
        ReadOnlySpan<byte> rest = query.Reply.Span;
        while (!rest.IsEmpty)
        {
            byte type = rest[0];
            if (type is (byte)']' or (byte)')')
            {
                rest = rest[1..];
                continue;
            }

            if (type is (byte)'s' or (byte)'a' or (byte)'(')
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(rest[1..]);
                if (type == (byte)'s')
                    values.Add(Encoding.UTF8.GetString(rest.Slice(5, length)));
                rest = rest[(length + 6)..];
                continue;
            }

            values.Add(BinaryPrimitives.ReadInt64LittleEndian(rest[1..]));
            rest = rest[9..];
        }

        return [.. values];
    }

    private sealed class NobodySleeps : IWake
    {
        public void Signal()
        {
        }
    }

    private sealed class Loop(Incident[] slots) : IWake
    {
        public OpenIncidents? Open { get; set; }

        public void Signal() => Open!.Serve(slots, NowUsec);
    }
}
