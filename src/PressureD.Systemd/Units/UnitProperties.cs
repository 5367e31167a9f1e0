using System;
using PressureD.Core.Kernel;
using PressureD.Core.Services;
using PressureD.Systemd.Bus;

namespace PressureD.Systemd.Units;

/// <summary>
/// Sets properties of systemd's units, as <c>systemctl set-property --runtime</c> does. Waits for answers, at most
/// two seconds each, and for none after one that did not come.
/// </summary>
public sealed class UnitProperties : IUnitLimits, IDisposable
{
    private const string Systemd = "org.freedesktop.systemd1";
    private const long TimeoutUsec = 2_000_000;

    private readonly BusAddress _address;
    private BusConnection? _connection;
    private bool _isLost;

    /// <param name="address">The bus that systemd is on.</param>
    public UnitProperties(BusAddress address) => _address = address;

    /// <inheritdoc/>
    public bool TrySet(string unit, string property, ulong value)
    {
        if (_isLost)
        {
            return false;
        }

        try
        {
            _connection ??= BusCall.Connect(_address, TimeoutUsec);
            BusMessage call = BusMessage.Call(
                _connection, Systemd, "/org/freedesktop/systemd1", Systemd + ".Manager", "SetUnitProperties");
            try
            {
                call.Add(unit);
                Add(ref call, property, value);
                BusCall.Invoke(_connection, ref call, TimeoutUsec).Dispose();
                return true;
            }
            finally
            {
                call.Dispose();
            }
        }
        catch (BusException problem)
        {
            _isLost = problem.Problem is BusProblem.NoBus or BusProblem.NoAnswer or BusProblem.NotRunning;
            return problem.ErrorName is Systemd + ".NoSuchUnit" or Systemd + ".LoadFailed";
        }
    }

    public void Dispose() => _connection?.Dispose();

    /// <summary>Adds what SetUnitProperties takes after the unit: until the next start, and one property.</summary>
    internal static void Add(ref BusMessage call, string property, ulong value)
    {
        call.Add(true);
        call.Open('a', "(sv)");
        call.Open('r', "sv");
        call.Add(property);
        bool isSwitch = UnitLimit.IsSwitch(property);
        call.Open('v', isSwitch ? "b" : "t");
        if (isSwitch)
        {
            call.Add(value != 0);
        }
        else
        {
            call.Add(value);
        }

        call.Close();
        call.Close();
        call.Close();
    }
}
