namespace PressureD.Systemd.Bus;

/// <summary>What the bus is told of a method.</summary>
/// <param name="Method">Which one; also its place in <see cref="ManagerInterface.Methods"/>.</param>
/// <param name="Name">Its name on the bus.</param>
/// <param name="Arguments">The D-Bus types of its arguments.</param>
/// <param name="Results">The D-Bus types of its results.</param>
/// <param name="Names">The names of arguments and results, each ended by NUL.</param>
/// <param name="Access">Who may call it.</param>
internal sealed record ManagerMethodInfo(
    ManagerMethod Method,
    string Name,
    string Arguments,
    string Results,
    string Names,
    Access Access);
