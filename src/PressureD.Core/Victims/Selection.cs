namespace PressureD.Core.Victims;

/// <summary>How a selection ended.</summary>
internal enum Selection
{
    Found,

    /// <summary>Nobody qualifies.</summary>
    Nobody,

    /// <summary>Something costly is still being read; choose again at the next step.</summary>
    Waiting,
}
