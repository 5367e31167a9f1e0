using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;
using PressureD.Simulation.Recordings;

namespace PressureD.Simulation.Tests.Recordings;

/// <summary>All that readers see of a machine at a moment, as text.</summary>
internal static class MachineSight
{
    public static string Of(IKernel kernel)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[1 << 16];
        foreach (string path in RecordedFiles.Host)
            Add(text, path, ReadFile(kernel, KernelDirectory.None, path, buffer));
        using CgroupTable cgroups = new(kernel);
        cgroups.Refresh();
        List<string> directories = [];
        foreach (CgroupSlot slot in cgroups.Slots)
            directories.Add(OfCgroup(kernel, slot, buffer));
        foreach (string directory in directories.Order(StringComparer.Ordinal))
            text.Append(directory);
        int[] pids = new int[1024];
        foreach (int pid in pids.AsSpan(0, kernel.ListProcesses(pids)).ToArray().Order())
            text.Append(OfProcess(kernel, pid, buffer));
        return text.ToString();
    }

    private static string OfCgroup(IKernel kernel, CgroupSlot slot, byte[] buffer)
    {
        StringBuilder text = new();
        string path = Encoding.UTF8.GetString(slot.Path);
        foreach (string name in RecordedFiles.Cgroup.Append("cgroup.events"))
            Add(text, $"{path}/{name}", ReadFile(kernel, slot.Directory, name, buffer));

        // The kernel promises no order.
        string members = ReadFile(kernel, slot.Directory, "cgroup.procs", buffer);
        Add(text, $"{path}/cgroup.procs", string.Join('\n', members.Split('\n').Order(StringComparer.Ordinal)));
        return text.ToString();
    }

    private static string OfProcess(IKernel kernel, int pid, byte[] buffer)
    {
        int length = kernel.ReadProcess(pid, ProcessFile.Stat, buffer);
        if (ProcessStatReader.TryRead(buffer.AsSpan(0, Math.Max(0, length)), out ProcessStat stat)
            && stat.IsKernelThread)
            return "";
        StringBuilder text = new();
        foreach (ProcessFile file in RecordedFiles.Process)
            Add(text, $"{pid} {file}", Shown(kernel.ReadProcess(pid, file, buffer), buffer));
        return text.ToString();
    }

    private static string ReadFile(IKernel kernel, int directory, string path, byte[] buffer)
    {
        int file = kernel.OpenFile(directory, Encoding.UTF8.GetBytes(path));
        if (file < 0)
            return Errno.Name(file);
        string content = Shown(kernel.Read(file, buffer), buffer);
        kernel.Close(file);
        return content;
    }

    private static string Shown(int length, byte[] buffer) =>
        length < 0 ? Errno.Name(length) : Encoding.UTF8.GetString(buffer, 0, length);

    private static void Add(StringBuilder text, string name, string content) =>
        text.Append("== ").Append(name).Append('\n').Append(content).Append('\n');
}
