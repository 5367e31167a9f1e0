namespace PressureD.Core.Policy;

/// <summary>A rule that its files name and that does not run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Position">Where it stands.</param>
/// <param name="By">What switched it off, as it was written.</param>
/// <param name="At">Where that stands.</param>
public sealed record SwitchedOffRule(string Name, SourcePosition Position, string By, SourcePosition At);
