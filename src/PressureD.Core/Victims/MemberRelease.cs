namespace PressureD.Core.Victims;

/// <summary>The memory of one process of a victim that a worker frees, or has been asked to.</summary>
/// <param name="Process">Whose.</param>
/// <param name="Ticket">The worker's; −1 when it is done.</param>
internal readonly record struct MemberRelease(VictimIdentity Process, int Ticket);
