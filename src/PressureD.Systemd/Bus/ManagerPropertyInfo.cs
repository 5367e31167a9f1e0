namespace PressureD.Systemd.Bus;

/// <summary>What the bus is told of a property.</summary>
/// <param name="Property">Which one; also its place in <see cref="ManagerInterface.Properties"/>.</param>
/// <param name="Name">Its name on the bus.</param>
/// <param name="Signature">Its D-Bus type.</param>
/// <param name="Announcement">When a change of it is announced.</param>
internal sealed record ManagerPropertyInfo(
    ManagerProperty Property,
    string Name,
    string Signature,
    PropertyAnnouncement Announcement);
