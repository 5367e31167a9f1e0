using System;
using System.Diagnostics;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using PressureD.Systemd.Tests;

namespace PressureD.Tests;

/// <summary>A program that runs beside the test, with what it has written so far.</summary>
internal sealed partial class RunningProgram : IDisposable
{
    public const int HangUp = 1;
    public const int Kill = 9;
    public const int Stop = 19;
    public const int Continue = 18;
    public const int Term = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private RunningProgram(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>The daemon with the directories of a sandbox.</summary>
    /// <param name="product">Its program.</param>
    /// <param name="sandbox">Its directories.</param>
    /// <param name="notifySocket">Where it reports to; null for nowhere.</param>
    /// <param name="arguments">Without the program's name.</param>
    public static RunningProgram Daemon(
        PublishedProduct product, Sandbox sandbox, string? notifySocket, params string[] arguments)
    {
        ProcessStartInfo start = WithSignals(product.Daemon, arguments);
        start.Environment["RUNTIME_DIRECTORY"] = sandbox.Run;
        start.Environment["STATE_DIRECTORY"] = sandbox.State;
        start.Environment.Remove("NOTIFY_SOCKET");
        if (notifySocket is not null)
            start.Environment["NOTIFY_SOCKET"] = notifySocket;
        start.Environment.Remove("JOURNAL_STREAM");
        return new RunningProgram(start);
    }

    public static RunningProgram Other(string program, params string[] arguments) =>
        new(WithSignals(program, arguments));

    /// <summary>Waits for the end and for everything it wrote.</summary>
    public RunningProgram Ended()
    {
        Assert.True(_process.WaitForExit(Patience), $"does not end; it said:\n{Errors}{Output}");
        _process.WaitForExit();
        return this;
    }

    /// <summary>Waits for a line on standard error.</summary>
    public void Says(string text, int times = 1)
    {
        Eventually.True(() => Count(text) >= times || HasExited, $"\"{text}\" in:\n{Errors}");
        Assert.True(Count(text) >= times, $"ended without \"{text}\":\n{Errors}");
    }

    public void Send(int signal) => Assert.Equal(0, SendSignal(Pid, signal));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _ = SendSignal(Pid, Kill);
            // Not for the end of its output: a child of its own may still hold that.
            _process.WaitForExit(Patience);
        }

        _process.Dispose();
    }

    public int Count(string text) => Errors.Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));

    // Whoever runs the tests may have SIGHUP or SIGINT ignored, as what a script starts in the background has; that is
    // inherited, and the runtime respects it. A service manager and a terminal hand them out fresh.
    private static ProcessStartInfo WithSignals(string program, string[] arguments) =>
        new("/usr/bin/env", ["--default-signal=HUP,INT", program, .. arguments]);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }
}
