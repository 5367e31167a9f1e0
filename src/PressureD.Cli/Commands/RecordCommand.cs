using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using PressureD.Cli.Incidents;
using PressureD.Cli.Recordings;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Linux;
using PressureD.Simulation.Recordings;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl record: keeps what happens on this machine, to be decided again later.</summary>
internal static class RecordCommand
{
    private const long DefaultEveryUsec = 500_000;
    private const long DefaultMostBytes = 64L << 20;

    private const string Summary = """
        Records what pressured can see of this machine into a file, for replay

        Changes nothing on the machine, and needs no rights: what may not be read is left out and named at the end.
        When the file is full, the oldest eighth of it gives way. It ends by Ctrl-C, SIGTERM or --for; what was written
        by then can be read even after a crash. The file holds the command lines of processes, not their environments;
        only its owner can read it.

        Exit status: 0 recorded; 1 it could not be.
        """;

    internal static Command Create()
    {
        Option<string?> path = new("--out", "-o")
        {
            Description = "The file, which must not exist; else pressured-HOST-TIME.rec here", HelpName = "FILE",
        };
        PathArgument.RefuseEmpty(path);
        Option<long?> every = QuantityOption.Create("--every", UnitKind.Duration, 50_000, 60_000_000, "50ms to 1min");
        every.Description = "From one sample to the next; else 500ms";
        every.HelpName = "TIME";
        Option<long?> duration = QuantityOption.Create(
            "--for", UnitKind.Duration, 1_000, 366L * 86_400_000_000, "1ms to a year");
        duration.Description = "End after this time";
        duration.HelpName = "TIME";
        Option<long?> size = QuantityOption.Create("--max-size", UnitKind.Bytes, 256 << 10, 1L << 40, "256KiB to 1TiB");
        size.Description = "The most the file may take; else 64MiB";
        size.HelpName = "SIZE";
        Option<bool> json = new("--json") { Description = "Write the summary at the end as JSON" };

        Command command = new("record", Summary) { path, every, duration, size, json };
        command.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            TextWriter error = parsed.InvocationConfiguration.Error;
            string file = parsed.GetValue(path) ?? DefaultPath();
            try
            {
                using FileStream stream = Create(file);
                using RecordingWriter writer = new(stream, parsed.GetValue(size) ?? DefaultMostBytes);
                return Run(
                    file,
                    writer,
                    parsed.GetValue(every) ?? DefaultEveryUsec,
                    parsed.GetValue(duration) ?? long.MaxValue,
                    parsed.GetValue(json),
                    output,
                    error);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                error.WriteLine($"pressurectl: {NameText.Of(file)} cannot be written: {FileProblem.Of(file, problem)}");
            }
            catch (ArgumentException problem)
            {
                error.WriteLine($"pressurectl: {problem.Message}; expected a larger --max-size");
            }

            return ExitCode.Error;
        });
        return command;
    }

    private static string DefaultPath() => string.Create(
        CultureInfo.InvariantCulture, $"pressured-{Environment.MachineName}-{DateTime.Now:yyyyMMdd-HHmmss}.rec");

    private static FileStream Create(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.Read,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    private static int Run(
        string file, RecordingWriter writer, long everyUsec, long durationUsec, bool json, TextWriter output,
        TextWriter error)
    {
        using LinuxKernel kernel = RealMachine.Open();
        using MachineRecorder recorder = new(
            kernel, Environment.MachineName, KernelRelease(), Environment.ProcessId);
        RecordingRun run = new(kernel, recorder, writer, everyUsec);
        using Interruption interruption = new();
        if (!json)
        {
            output.WriteLine($"recording into {NameText.Of(file)}, a sample every {QuantityText.Duration(everyUsec)}");
            output.Flush();
        }

        IOException? problem = null;
        try
        {
            run.Run(durationUsec, interruption.Token);
        }
        catch (IOException caught)
        {
            problem = caught;
        }

        IReadOnlyList<string> unreadable = recorder.Unreadable();
        output.Write(json
            ? Json(file, writer, recorder, run, unreadable)
            : Text(file, writer, recorder, run, unreadable));
        if (problem is null)
        {
            return ExitCode.Success;
        }

        error.WriteLine($"pressurectl: {NameText.Of(file)} cannot be written further: {problem.Message}");
        return ExitCode.Error;
    }

    private static string KernelRelease() => File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    private static string Text(
        string file,
        RecordingWriter writer,
        MachineRecorder recorder,
        RecordingRun run,
        IReadOnlyList<string> unreadable)
    {
        StringWriter text = new(CultureInfo.InvariantCulture);
        text.WriteLine($"{NameText.Of(file)}: {QuantityText.Count(recorder.Samples, "sample")} of "
            + $"{QuantityText.Count(recorder.Processes, "process", "processes")} and "
            + $"{QuantityText.Count(recorder.Cgroups, "cgroup")} in {FigureText.Duration(run.ElapsedUsec)}, "
            + $"{QuantityText.Bytes(writer.FileBytes)}");
        text.WriteLine($"a sample took {FigureText.Duration(CpuUsec(recorder, run))} of processor time, "
            + $"{FigureText.Duration(run.LongestUsec)} at the longest");
        if (run.Missed > 0)
        {
            text.WriteLine(QuantityText.Count(run.Missed, "sample was", "samples were")
                + " left out, as the machine was too slow for that");
        }

        if (writer.HasDropped)
        {
            text.WriteLine("the file was full: the oldest part has given way; --max-size keeps more");
        }

        foreach (string line in unreadable)
        {
            text.WriteLine($"not recorded: {line}");
        }

        return text.ToString();
    }

    private static string Json(
        string file, RecordingWriter writer, MachineRecorder recorder, RecordingRun run,
        IReadOnlyList<string> unreadable) => JsonOutput.RenderLine(json =>
    {
        json.WriteString("file", file);
        json.WriteNumber("file_bytes", writer.FileBytes);
        json.WriteNumber("samples", recorder.Samples);
        json.WriteNumber("missed_samples", run.Missed);
        json.WriteNumber("processes", recorder.Processes);
        json.WriteNumber("cgroups", recorder.Cgroups);
        json.WriteNumber("duration_usec", run.ElapsedUsec);
        json.WriteNumber("cpu_usec_per_sample", CpuUsec(recorder, run));
        json.WriteNumber("longest_sample_usec", run.LongestUsec);
        json.WriteBoolean("dropped_oldest", writer.HasDropped);
        json.WriteStartArray("unreadable");
        foreach (string line in unreadable)
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
    });

    private static long CpuUsec(MachineRecorder recorder, RecordingRun run) =>
        (long)run.CpuTime.TotalMicroseconds / Math.Max(1, recorder.Samples);
}
