using PressureD.Core.Policy;

namespace PressureD.Cli.Notifications;

/// <summary>What a user is told.</summary>
/// <param name="Uid">Whose processes are their own.</param>
/// <param name="Others">What is told of others'.</param>
/// <param name="Level">From which level on it is told that memory is short; null: never.</param>
internal sealed record NotifyOptions(uint Uid, OthersPolicy Others, PressureLevel? Level);
