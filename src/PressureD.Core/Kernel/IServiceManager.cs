namespace PressureD.Core.Kernel;

/// <summary>The service manager's units. Asks and waits, so never on the loop's thread.</summary>
public interface IServiceManager
{
    /// <summary>Whether a unit is active, or on its way to be.</summary>
    /// <param name="unit">Its full name, such as "systemd-oomd.service".</param>
    /// <returns>Null when the service manager could not be asked. A unit that it does not know is not active.</returns>
    bool? IsActive(string unit);

    /// <summary>Sets a limit of a unit until the machine is started anew.</summary>
    /// <param name="unit">Its full name.</param>
    /// <param name="property">The property, such as "MemorySwapMax".</param>
    /// <param name="value">Bytes, the largest number for no limit; of a switch 0 or 1.</param>
    /// <returns>
    /// False when the service manager could not be asked or refused. There being no such unit is as good as done.
    /// </returns>
    bool TrySetLimit(string unit, string property, ulong value);
}
