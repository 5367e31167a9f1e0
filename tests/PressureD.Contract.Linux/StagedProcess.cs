using System;
using PressureD.Contract.Linux.Interop;

namespace PressureD.Contract.Linux;

/// <summary>A child that reads from a pipe until the pipe is closed.</summary>
internal sealed unsafe class StagedProcess
{
    private const int PatienceMsec = 20_000;

    // posix_spawn_file_actions_t is 80 bytes with glibc and musl on 64 bits; more does no harm.
    private const int FileActionsBytes = 512;

    private int _pipe;

    private StagedProcess(int pid, int pipe)
    {
        Pid = pid;
        _pipe = pipe;
    }

    public int Pid { get; }

    /// <summary>
    /// Starts <c>cat -u</c>, and has it pass on one byte: only then has it certainly executed the program, whose
    /// arguments and files the kernel sets up after the spawn has returned.
    /// </summary>
    public static StagedProcess Start()
    {
        var input = stackalloc int[2];
        var output = stackalloc int[2];
        if (Libc.pipe2(input, Libc.O_CLOEXEC) < 0 || Libc.pipe2(output, Libc.O_CLOEXEC) < 0)
            throw new InvalidOperationException("cannot make a pipe");
        int pid;
        var error = Spawn(&pid, input[0], output[1]);
        _ = Libc.close(input[0]);
        _ = Libc.close(output[1]);
        byte echo = 0;
        var echoed = error == 0 && Libc.write(input[1], &echo, 1) == 1 && Libc.read(output[0], &echo, 1) == 1;
        _ = Libc.close(output[0]);
        if (echoed) return new StagedProcess(pid, input[1]);
        _ = Libc.close(input[1]);
        throw new InvalidOperationException($"cannot start /bin/cat: errno {error}");
    }

    /// <summary>Closes its input, on which it exits.</summary>
    public void End()
    {
        if (_pipe < 0) return;
        _ = Libc.close(_pipe);
        _pipe = -1;
    }

    public void Kill() => _ = Libc.kill(Pid, Libc.SIGKILL);

    /// <summary>Waits for its end and reaps it.</summary>
    public void Reap()
    {
        var handle = (int)Libc.syscall(Libc.SYS_pidfd_open, Pid, 0);
        if (handle >= 0)
        {
            var entry = new PollEntry { Descriptor = handle, Events = Libc.POLLIN };
            var ended = Libc.poll(&entry, 1, PatienceMsec) > 0;
            _ = Libc.close(handle);
            if (!ended) throw new InvalidOperationException($"process {Pid} has not ended");
        }

        int status;
        if (Libc.waitpid(Pid, &status, 0) != Pid)
            throw new InvalidOperationException($"process {Pid} cannot be reaped");
        End();
    }

    private static int Spawn(int* pid, int input, int output)
    {
        var actions = stackalloc byte[FileActionsBytes];
        fixed (byte* path = "/bin/cat\0"u8, name = "cat\0"u8, option = "-u\0"u8)
        fixed (byte* variable = "CONTRACT=kept\0"u8, empty = "EMPTY=\0"u8)
        {
            _ = Libc.posix_spawn_file_actions_init(actions);
            _ = Libc.posix_spawn_file_actions_adddup2(actions, input, 0);
            _ = Libc.posix_spawn_file_actions_adddup2(actions, output, 1);
            var arguments = stackalloc byte*[] { name, option, null };
            var environment = stackalloc byte*[] { variable, empty, null };
            var error = Libc.posix_spawn(pid, path, actions, null, arguments, environment);
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            return error;
        }
    }
}
