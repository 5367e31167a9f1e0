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
    private static readonly Lazy<nint> LowMemoryTable = new(BuildLowMemory);

    internal static BusVtableEntry* Entries => (BusVtableEntry*)Table.Value;

    /// <summary>org.freedesktop.LowMemoryMonitor: one signal.</summary>
    internal static BusVtableEntry* LowMemoryEntries => (BusVtableEntry*)LowMemoryTable.Value;

    private static nint Build()
    {
        ManagerPropertyInfo[] properties = ManagerInterface.Properties;
        ManagerMethodInfo[] methods = ManagerInterface.Methods;
        int count = properties.Length + methods.Length + 7;
        BusVtableEntry* table = Begin(count);
        BusVtableEntry* entry = table + 1;
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

        foreach (ManagerMethodInfo method in methods)
        {
            *entry++ = new BusVtableEntry
            {
                TypeAndFlags = BusVtableEntry.TypeWith(BusVtableEntry.Method, BusVtableEntry.Unprivileged),
                Word1 = Native(method.Name),
                Word2 = Native(method.Arguments),
                Word3 = Native(method.Results),
                Word4 = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, int>)&ManagerObject.HandleCall,
                Word6 = Native(method.Names),
            };
        }

        *entry++ = Signal(ManagerInterface.KilledSignal, "sussts", "rule\0pid\0comm\0cgroup\0freed_bytes\0reason\0");
        *entry++ = Signal(ManagerInterface.LevelChangedSignal, "y", "level\0");
        *entry++ = Signal(ManagerInterface.RuleFiredSignal, "sss", "rule\0cgroup\0reason\0");
        *entry++ = Signal(ManagerInterface.PolicyReloadedSignal, "u", "rules\0");
        *entry++ = Signal(
            ManagerInterface.IncidentRecordedSignal, "tsss", "incident\0rule\0outcome\0summary\0");
        *entry = new BusVtableEntry { TypeAndFlags = BusVtableEntry.End };
        return (nint)table;
    }

    private static nint BuildLowMemory()
    {
        BusVtableEntry* table = Begin(3);
        table[1] = Signal(LowMemoryMonitor.WarningSignal, "y", "level\0");
        table[2] = new BusVtableEntry { TypeAndFlags = BusVtableEntry.End };
        return (nint)table;
    }

    private static BusVtableEntry* Begin(int count)
    {
        BusVtableEntry* table = (BusVtableEntry*)NativeMemory.AllocZeroed(
            (nuint)count, (nuint)sizeof(BusVtableEntry));
        *table = new BusVtableEntry
        {
            TypeAndFlags = BusVtableEntry.Start,
            Word1 = sizeof(BusVtableEntry),
            Word2 = BusVtableEntry.FeatureParameterNames,
            Word3 = Libsystemd.VtableFormat,
        };
        return table;
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
