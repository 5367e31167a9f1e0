using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace PressureD.Systemd.Tests;

/// <summary>A program that runs beside the test, with what it has written so far.</summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const int SignalKill = 9;
    private const int SignalContinue = 18;
    private const int SignalStop = 19;

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    internal ChildProcess(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    internal bool HasExited => _process.HasExited;

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    /// <summary>Runs a program to its end.</summary>
    internal static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        using ChildProcess child = new(program, arguments);
        Assert.True(child._process.WaitForExit(30_000), $"{program} {string.Join(' ', arguments)} does not end");
        child._process.WaitForExit();
        return (child._process.ExitCode, child.Output);
    }

    internal void Stop() => Send(SignalStop);

    internal void Continue() => Send(SignalContinue);

    internal void Kill()
    {
        if (!_process.HasExited)
        {
            Send(SignalKill);
            _process.WaitForExit();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);

    private void Send(int signal) => SendSignal(_process.Id, signal);

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.Append(line).Append('\n');
            }
        }
    }
}
