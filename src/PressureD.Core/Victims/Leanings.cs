using System;

namespace PressureD.Core.Victims;

/// <summary>What matchers say of a candidate; both together are as none.</summary>
[Flags]
internal enum Leanings
{
    None = 0,
    Preferred = 1,
    Avoided = 2,
}
