using System;
using PressureD.Core.Services;
using PressureD.Systemd.Bus;

namespace PressureD.Systemd.Units;

/// <summary>Properties of units as systemd's methods take them: a list of names and values.</summary>
internal static class PropertyList
{
    /// <summary>What SetUnitProperties takes after the unit: until the next start, and one limit.</summary>
    internal static void AddLimit(ref BusMessage call, string property, ulong value)
    {
        call.Add(true);
        call.Open('a', "(sv)");
        if (UnitLimit.IsSwitch(property))
        {
            Add(ref call, property, value != 0);
        }
        else
        {
            Add(ref call, property, value);
        }

        call.Close();
    }

    internal static void Add(ref BusMessage call, string name, string value)
    {
        Open(ref call, name, "s");
        call.Add(value);
        Close(ref call);
    }

    internal static void Add(ref BusMessage call, string name, ulong value)
    {
        Open(ref call, name, "t");
        call.Add(value);
        Close(ref call);
    }

    internal static void Add(ref BusMessage call, string name, bool value)
    {
        Open(ref call, name, "b");
        call.Add(value);
        Close(ref call);
    }

    /// <summary>Begins a property; its value, of this type, comes next, and then <see cref="Close"/>.</summary>
    internal static void Open(ref BusMessage call, string name, string type)
    {
        call.Open('r', "sv");
        call.Add(name);
        call.Open('v', type);
    }

    internal static void Close(ref BusMessage call)
    {
        call.Close();
        call.Close();
    }
}
