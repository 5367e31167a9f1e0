using System;
using System.IO;
using PressureD.Systemd.Tests;

namespace PressureD.Tests;

/// <summary>The published pressurectl records this machine and replays what it has recorded.</summary>
public sealed class RecordTests(PublishedProduct product)
    : IClassFixture<PublishedProduct>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pressurectl-record").FullName;

    private string Recording => Path.Combine(_folder, "machine.rec");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(2)]
    [InlineData(RunningProgram.Term)]
    public void It_ends_by_a_signal_and_sums_up(int signal)
    {
        using RunningProgram recorder = StartRecording();
        recorder.Send(signal);
        recorder.Ended();
        Assert.Equal(0, recorder.ExitCode);
        Assert.Equal("", recorder.Errors);
        Assert.Contains(" samples of ", recorder.Output, StringComparison.Ordinal);

        RunningProgram replay = Replay();
        Assert.DoesNotContain("cut off", replay.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Killed_while_it_records_it_leaves_what_it_has()
    {
        using RunningProgram recorder = StartRecording();
        recorder.Send(RunningProgram.Kill);
        recorder.Ended();

        RunningProgram replay = Replay();
        Assert.Contains("it was cut off: what came last may be missing", replay.Output, StringComparison.Ordinal);
        Assert.Contains("\nlike-earlyoom ", replay.Output, StringComparison.Ordinal);
    }

    [RootFact]
    public void Without_rights_it_records_what_it_may_and_names_the_rest()
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        using RunningProgram recorder = RunningProgram.Other(
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", product.Tool, "record", "--out", Recording,
            "--every", "50ms", "--for", "500ms");
        recorder.Ended();
        Assert.Equal(0, recorder.ExitCode);
        Assert.Contains("not recorded: /proc/PID/exe: EACCES", recorder.Output, StringComparison.Ordinal);
        Replay();
    }

    private RunningProgram StartRecording()
    {
        RunningProgram recorder = RunningProgram.Other(product.Tool, "record", "--out", Recording, "--every", "50ms");
        Eventually.True(() => File.Exists(Recording) && new FileInfo(Recording).Length > 20_000, "no sample");
        return recorder;
    }

    private RunningProgram Replay()
    {
        using RunningProgram replay = RunningProgram.Other(
            product.Tool, "replay", Recording, "--policy", "shipped", "like-earlyoom");
        replay.Ended();
        Assert.Equal("", replay.Errors);
        Assert.Equal(0, replay.ExitCode);
        Assert.Contains("\nshipped ", replay.Output, StringComparison.Ordinal);
        return replay;
    }
}
