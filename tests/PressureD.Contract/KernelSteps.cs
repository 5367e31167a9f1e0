using System;
using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Contract;

/// <summary>What most cases do with a kernel: open by path, read as text, wait for one event.</summary>
internal static class KernelSteps
{
    /// <summary>Longer than anything here takes on a slow machine; a case that waits this long has failed.</summary>
    private const long PatienceUsec = 20_000_000;

    /// <summary>Opens a cgroup of the stage.</summary>
    public static int OpenCgroup(this IKernel kernel, IKernelStage stage, string path)
    {
        var directory = Check.Succeeds(kernel.OpenCgroupRoot(), "open the cgroup root");
        foreach (var name in (stage.Top + "/" + path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Check.Succeeds(kernel.OpenDirectory(directory, Bytes(name)), "open cgroup " + name);
            kernel.Close(directory);
            directory = next;
        }

        return directory;
    }

    public static int OpenControl(this IKernel kernel, int directory, string name) =>
        Check.Succeeds(kernel.OpenFile(directory, Bytes(name)), "open " + name);

    /// <summary>The content of a held file.</summary>
    public static byte[] ReadAll(this IKernel kernel, int file, string what)
    {
        var buffer = new byte[64 * 1024];
        return buffer[..Check.Succeeds(kernel.Read(file, buffer), "read " + what)];
    }

    /// <summary>The content of a control file, opened and closed for it.</summary>
    public static byte[] ReadControl(this IKernel kernel, int directory, string name)
    {
        var file = kernel.OpenControl(directory, name);
        var content = kernel.ReadAll(file, name);
        kernel.Close(file);
        return content;
    }

    /// <summary>Waits for this event; others of the same wait are let go.</summary>
    public static void Await(this IKernel kernel, WaitKind kind, int descriptor, string what)
    {
        Span<WaitEvent> events = stackalloc WaitEvent[16];
        var deadlineUsec = kernel.NowUsec + PatienceUsec;
        while (kernel.NowUsec < deadlineUsec)
        {
            var count = kernel.Wait(deadlineUsec, events);
            if (events[..count].Contains(new WaitEvent(kind, descriptor))) return;
        }

        throw new ContractFailure($"{what}: no {kind} event for descriptor {descriptor}");
    }

    /// <summary>Waits for changes of a watched cgroup.events file until it contains a line.</summary>
    public static void AwaitContent(this IKernel kernel, int file, string line)
    {
        Span<WaitEvent> events = stackalloc WaitEvent[16];
        var deadlineUsec = kernel.NowUsec + PatienceUsec;
        while (kernel.NowUsec < deadlineUsec)
        {
            if (Encoding.UTF8.GetString(kernel.ReadAll(file, "cgroup.events")).Contains(line, StringComparison.Ordinal))
                return;
            kernel.Await(WaitKind.Changed, file, line);
        }

        throw new ContractFailure($"cgroup.events never said \"{line}\"");
    }

    /// <summary>Waits for a ticket and takes its result.</summary>
    public static int AwaitTicket(this IKernel kernel, int ticket, Span<byte> output)
    {
        kernel.Await(WaitKind.Ticket, ticket, "the end of an operation");
        return kernel.Finish(ticket, output);
    }

    /// <summary>Nothing is reported for this descriptor during a short wait.</summary>
    public static void ExpectNothing(this IKernel kernel, int descriptor, string what)
    {
        Span<WaitEvent> events = stackalloc WaitEvent[16];
        var deadlineUsec = kernel.NowUsec + 100_000;
        while (kernel.NowUsec < deadlineUsec)
        {
            foreach (var waitEvent in events[..kernel.Wait(deadlineUsec, events)])
            {
                if (waitEvent.Descriptor == descriptor)
                    throw new ContractFailure($"{what}: a {waitEvent.Kind} event for descriptor {descriptor}");
            }
        }
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
