using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Tests.Kernel;

/// <summary>Files of a kernel as text.</summary>
internal static class KernelText
{
    public static int Open(IKernel kernel, string path) =>
        kernel.OpenFile(KernelDirectory.None, Encoding.UTF8.GetBytes(path));

    public static string Read(IKernel kernel, string path)
    {
        var file = Open(kernel, path);
        Assert.True(file >= 0, $"{path}: {Errno.Name(file)}");
        var buffer = new byte[64 * 1024];
        var length = kernel.Read(file, buffer);
        Assert.True(length >= 0, $"{path}: {Errno.Name(length)}");
        kernel.Close(file);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    public static string Process(IKernel kernel, int pid, ProcessFile file)
    {
        var buffer = new byte[16 * 1024];
        var length = kernel.ReadProcess(pid, file, buffer);
        Assert.True(length >= 0, $"{pid} {file}: {Errno.Name(length)}");
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    public static Dictionary<string, long> Keyed(IKernel kernel, string path)
    {
        var values = new Dictionary<string, long>();
        foreach (var line in Read(kernel, path).TrimEnd('\n').Split('\n'))
        {
            var fields = line.Split(' ');
            values.Add(fields[0], long.Parse(fields[1]));
        }

        return values;
    }
}
