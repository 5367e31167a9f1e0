namespace PressureD.Core.Kernel;

/// <summary>The service manager's units. Asks and waits, so never on the loop's thread.</summary>
public interface IServiceManager
{
    /// <summary>Whether a unit is active, or on its way to be.</summary>
    /// <param name="unit">Its full name, such as "systemd-oomd.service".</param>
    /// <returns>Null when the service manager could not be asked. A unit that it does not know is not active.</returns>
    bool? IsActive(string unit);
}
