using System.Runtime.InteropServices;
using System.IO;
using System.Text;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Tests.Interop;

/// <summary>
/// What we hand to libsystemd has the layout of its headers: a C program of static assertions is compiled against them
/// where they are installed, and the known figures are checked everywhere.
/// </summary>
public sealed class AbiTests
{
    private const string Header = "/usr/include/systemd/sd-bus-vtable.h";

    [Fact]
    public void Structures_have_the_known_sizes()
    {
        Assert.Equal(8 + 6 * nint.Size, Marshal.SizeOf<BusVtableEntry>());
        Assert.Equal(8, (int)Marshal.OffsetOf<BusVtableEntry>(nameof(BusVtableEntry.Word1)));
        Assert.Equal(3 * nint.Size, Marshal.SizeOf<BusError>());
        Assert.Equal(8, Marshal.SizeOf<PollDescriptor>());
        Assert.Equal(2 * nint.Size, Marshal.SizeOf<IoVector>());
    }

    [Fact]
    public void The_headers_agree()
    {
        string directory = Directory.CreateTempSubdirectory("pressured-abi-").FullName;
        try
        {
            string source = Path.Combine(directory, "abi.c");
            File.WriteAllText(source, Program());
            (int exitCode, string output) = ChildProcess.Run(
                "cc", "-std=gnu11", "-Wall", "-o", Path.Combine(directory, "abi"), source);
            Assert.True(exitCode == 0, output);
            Assert.Equal((0, ""), ChildProcess.Run(Path.Combine(directory, "abi")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    // How the compiler lays the bit-field of type and flags out can only be seen by running the program.
    private static string Program()
    {
        StringBuilder text = new();
        text.AppendLine("#include <errno.h>\n#include <poll.h>\n#include <stddef.h>\n#include <stdint.h>");
        text.AppendLine("#include <string.h>\n#include <sys/eventfd.h>\n#include <sys/uio.h>");
        Claim(text, "sizeof(struct pollfd)", Marshal.SizeOf<PollDescriptor>());
        Claim(text, "offsetof(struct pollfd, events)", Offset<PollDescriptor>(nameof(PollDescriptor.Events)));
        Claim(text, "offsetof(struct pollfd, revents)", Offset<PollDescriptor>(nameof(PollDescriptor.Returned)));
        Claim(text, "sizeof(struct iovec)", Marshal.SizeOf<IoVector>());
        Claim(text, "offsetof(struct iovec, iov_len)", Offset<IoVector>(nameof(IoVector.Length)));
        Claim(text, "POLLIN", Libc.PollIn);
        Claim(text, "EFD_NONBLOCK", Libc.EventDescriptorNonBlocking);
        Claim(text, "EFD_CLOEXEC", Libc.EventDescriptorCloseOnExec);
        Claim(text, "ENOMEDIUM", Systemd.Bus.BusFailure.ENOMEDIUM);
        Claim(text, "EADDRINUSE", Systemd.Bus.BusFailure.EADDRINUSE);
        Claim(text, "ECONNRESET", Systemd.Bus.BusFailure.ECONNRESET);
        Claim(text, "ECONNABORTED", Systemd.Bus.BusFailure.ECONNABORTED);
        Claim(text, "ECONNREFUSED", Systemd.Bus.BusFailure.ECONNREFUSED);
        Claim(text, "ENOTCONN", Systemd.Bus.BusFailure.ENOTCONN);
        if (File.Exists(Header))
        {
            AddVtable(text);
        }
        else
        {
            text.AppendLine("int main(void) { return 0; }");
        }

        return text.ToString();
    }

    private static void AddVtable(StringBuilder text)
    {
        text.AppendLine("#include <systemd/sd-bus.h>");
        Claim(text, "sizeof(sd_bus_vtable)", Marshal.SizeOf<BusVtableEntry>());
        Claim(text, "sizeof(sd_bus_error)", Marshal.SizeOf<BusError>());
        Claim(text, "offsetof(sd_bus_error, message)", Offset<BusError>(nameof(BusError.Message)));
        Claim(text, "_SD_BUS_VTABLE_START", BusVtableEntry.Start);
        Claim(text, "_SD_BUS_VTABLE_END", BusVtableEntry.End);
        Claim(text, "_SD_BUS_VTABLE_SIGNAL", BusVtableEntry.Signal);
        Claim(text, "_SD_BUS_VTABLE_PROPERTY", BusVtableEntry.Property);
        Claim(text, "SD_BUS_VTABLE_PROPERTY_CONST", (long)BusVtableEntry.PropertyConstant);
        Claim(text, "SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE", (long)BusVtableEntry.PropertyEmitsChange);
        Claim(text, "_SD_BUS_VTABLE_PARAM_NAMES", BusVtableEntry.FeatureParameterNames);
        ClaimOffset(text, "start.element_size", nameof(BusVtableEntry.Word1));
        ClaimOffset(text, "start.features", nameof(BusVtableEntry.Word2));
        ClaimOffset(text, "start.vtable_format_reference", nameof(BusVtableEntry.Word3));
        ClaimOffset(text, "signal.member", nameof(BusVtableEntry.Word1));
        ClaimOffset(text, "signal.signature", nameof(BusVtableEntry.Word2));
        ClaimOffset(text, "signal.names", nameof(BusVtableEntry.Word3));
        ClaimOffset(text, "property.member", nameof(BusVtableEntry.Word1));
        ClaimOffset(text, "property.signature", nameof(BusVtableEntry.Word2));
        ClaimOffset(text, "property.get", nameof(BusVtableEntry.Word3));
        ClaimOffset(text, "property.set", nameof(BusVtableEntry.Word4));
        ClaimOffset(text, "property.offset", nameof(BusVtableEntry.Word5));
        ulong first = BusVtableEntry.TypeWith(BusVtableEntry.Property, BusVtableEntry.PropertyEmitsChange);
        text.AppendLine("int main(void) { sd_bus_vtable entry; uint64_t first; memset(&entry, 0, sizeof entry);");
        text.AppendLine("entry.type = _SD_BUS_VTABLE_PROPERTY; entry.flags = SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE;");
        text.AppendLine($"memcpy(&first, &entry, 8); return first == {first}ULL ? 0 : 1; }}");
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);

    private static void ClaimOffset(StringBuilder text, string member, string field) =>
        Claim(text, $"offsetof(sd_bus_vtable, x.{member})", Offset<BusVtableEntry>(field));

    private static void Claim(StringBuilder text, string expression, long value) =>
        text.AppendLine($"_Static_assert({expression} == {value}, \"{expression} is not {value}\");");
}
