namespace PressureD.Yaml.Schema;

/// <summary>What the value of a key is.</summary>
public enum KeyType
{
    /// <summary>Any text on one line.</summary>
    Text,

    /// <summary>Small letters, digits and <c>-</c>.</summary>
    Name,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with <c>ms s min h</c>.</summary>
    Duration,

    /// <summary>A number with <c>B KiB MiB GiB TiB</c>.</summary>
    Size,

    /// <summary>A number with <c>%</c>.</summary>
    Percentage,

    /// <summary>A number with <c>KiB/s MiB/s GiB/s</c>.</summary>
    Speed,

    /// <summary>A size, or <c>max</c> for no limit.</summary>
    Limit,

    /// <summary>A size or a percentage.</summary>
    Share,

    /// <summary>A number with <c>/s</c>.</summary>
    Frequency,

    /// <summary>A condition in the expression language.</summary>
    Condition,

    /// <summary>A pattern over cgroup paths.</summary>
    CgroupPattern,

    /// <summary>A regular expression.</summary>
    Regex,

    /// <summary>A systemd unit's name, globs allowed.</summary>
    Unit,

    /// <summary>A user's name or number.</summary>
    User,

    /// <summary>One of the words in <see cref="KeySpec.Choices"/>.</summary>
    Choice,

    /// <summary>A list of words from <see cref="KeySpec.Choices"/>.</summary>
    ChoiceList,

    /// <summary>A list of texts, or a single one.</summary>
    TextList,

    /// <summary>Keys with values, described by <see cref="KeySpec.Table"/>.</summary>
    Mapping,

    /// <summary>A list of those.</summary>
    MappingList,

    /// <summary>A policy's name or file, keys of one, or a list of these as layers.</summary>
    Policy,
}
