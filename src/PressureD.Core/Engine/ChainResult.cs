namespace PressureD.Core.Engine;

/// <summary>What an action says to its chain.</summary>
internal enum ChainResult
{
    /// <summary>Done: go on with the next action.</summary>
    Next,

    /// <summary>Not done yet: come back to this action at the next step.</summary>
    Waiting,

    /// <summary>The chain ends here; it may start again.</summary>
    Stop,
}
