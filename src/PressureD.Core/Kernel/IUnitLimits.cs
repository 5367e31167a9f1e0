namespace PressureD.Core.Kernel;

/// <summary>Limits of the service manager's units. Asks and waits, so never on the loop's thread.</summary>
public interface IUnitLimits
{
    /// <summary>Sets a limit until the machine is started anew.</summary>
    /// <param name="unit">The unit's full name.</param>
    /// <param name="property">The property, such as "MemorySwapMax".</param>
    /// <param name="value">Bytes, the largest number for no limit; of a switch 0 or 1.</param>
    /// <returns>
    /// False when the service manager could not be asked or refused. There being no such unit is as good as done.
    /// </returns>
    bool TrySet(string unit, string property, ulong value);
}
