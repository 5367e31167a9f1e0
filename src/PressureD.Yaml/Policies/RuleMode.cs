namespace PressureD.Yaml.Policies;

/// <summary>What an entry in <c>rules</c> does to an earlier rule of its name.</summary>
internal enum RuleMode
{
    /// <summary>Nothing: there must be none.</summary>
    New,
    Replace,
    Extend,
    Disable,
}
