using System;
using System.Runtime.InteropServices;
using System.Text;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>
/// The description of org.pressured1.Manager in the layout that libsystemd wants. It refers to the table and its
/// strings for as long as an object is registered, so they are made once, outside the managed heap, and never freed.
/// </summary>
internal static unsafe class ManagerVtable
{
    private static readonly Lazy<nint> Table = new(Build);

    internal static BusVtableEntry* Entries => (BusVtableEntry*)Table.Value;

    private static nint Build()
    {
        ManagerPropertyInfo[] properties = ManagerInterface.Properties;
        int count = properties.Length + 4;
        BusVtableEntry* table = (BusVtableEntry*)NativeMemory.AllocZeroed(
            (nuint)count, (nuint)sizeof(BusVtableEntry));
        BusVtableEntry* entry = table;
        *entry++ = new BusVtableEntry
        {
            TypeAndFlags = BusVtableEntry.Start,
            Word1 = sizeof(BusVtableEntry),
            Word2 = BusVtableEntry.FeatureParameterNames,
            Word3 = Libsystemd.VtableFormat,
        };
        foreach (ManagerPropertyInfo property in properties)
        {
            *entry++ = new BusVtableEntry
            {
                TypeAndFlags = BusVtableEntry.TypeWith(BusVtableEntry.Property, Flags(property.Announcement)),
                Word1 = Native(property.Name),
                Word2 = Native(property.Signature),
                Word3 = (nint)(delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nint, nint, nint, int>)
                    &ManagerObject.GetProperty,
            };
        }

        *entry++ = Signal(ManagerInterface.KilledSignal, "sussts", "rule\0pid\0comm\0cgroup\0freed_bytes\0reason\0");
        *entry++ = Signal(ManagerInterface.LevelChangedSignal, "y", "level\0");
        *entry = new BusVtableEntry { TypeAndFlags = BusVtableEntry.End };
        return (nint)table;
    }

    private static BusVtableEntry Signal(string name, string signature, string parameterNames) => new()
    {
        TypeAndFlags = BusVtableEntry.Signal,
        Word1 = Native(name),
        Word2 = Native(signature),
        Word3 = Native(parameterNames),
    };

    private static ulong Flags(PropertyAnnouncement announcement) => announcement switch
    {
        PropertyAnnouncement.Constant => BusVtableEntry.PropertyConstant,
        PropertyAnnouncement.Always => BusVtableEntry.PropertyEmitsChange,
        _ => 0,
    };

    private static nint Native(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte* bytes = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(bytes, length));
        return (nint)bytes;
    }
}
