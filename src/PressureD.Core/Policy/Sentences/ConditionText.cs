using System.Collections.Generic;

namespace PressureD.Core.Policy.Sentences;

/// <summary>
/// Says conditions as sentences. What is joined by <c>and</c> and <c>or</c> becomes a list, because nobody who is tired
/// reads nested parentheses; a short pair stays on one line.
/// </summary>
/// <param name="rule">Whose conditions.</param>
/// <param name="machine">What percentages are taken of.</param>
internal sealed class ConditionText(Rule rule, MachineSize machine)
{
    /// <summary>A longer line is made a list.</summary>
    private const int MostInline = 90;

    private const string Indent = "  ";

    private readonly ValueText _values = new(machine);

    /// <summary>Adds a condition between two texts.</summary>
    /// <param name="lines">Where to.</param>
    /// <param name="start">What its first line begins with, with its indentation: "  When ".</param>
    /// <param name="condition">It.</param>
    /// <param name="end">What comes after it when it takes one line.</param>
    /// <returns>Whether it took a list.</returns>
    public bool Add(List<string> lines, string start, Condition condition, string end)
    {
        var part = new Part(condition.Nodes, condition.Nodes.Length - 1, rule.ForEach is not null, "");
        int blanks = 0;
        while (blanks < start.Length && start[blanks] == ' ')
            blanks++;
        int before = lines.Count;
        Add(lines, start, part, end, isTop: true, new string(' ', blanks));
        return lines.Count > before + 1;
    }

    private void Add(List<string> lines, string start, Part part, string end, bool isTop, string indent)
    {
        (part, List<Part>? list) = Open(part);
        if (list is null)
        {
            lines.Add(start + Sentence(part) + end);
            return;
        }

        bool all = part.Node.Op == ConditionOp.And;
        if (Inline(list, all ? ", and " : ", or ") is { } inline && part.Opening.Length == 0)
        {
            lines.Add(start + inline + end);
            return;
        }

        string opening = all ? "all of this" : "one of these";
        lines.Add(start + part.Opening + opening + (isTop ? " is true:" : ":"));
        foreach (Part item in list)
            Add(lines, $"{indent}{Indent}- ", item, "", isTop: false, indent + Indent);
    }

    /// <summary>On one line, when each is a sentence and together they are short.</summary>
    private string? Inline(List<Part> list, string joint)
    {
        string line = "";
        foreach (Part item in list)
        {
            (Part part, List<Part>? inner) = Open(item);
            if (inner is not null)
                return null;
            line += (line.Length == 0 ? "" : joint) + Sentence(part);
            if (line.Length > MostInline)
                return null;
        }

        return line;
    }

    /// <summary>Takes off what stands around a condition and says it before it: "for 8 s on end, ".</summary>
    /// <returns>What is left, and its parts if it is a chain.</returns>
    private (Part Part, List<Part>? List) Open(Part part)
    {
        while (true)
        {
            ConditionNode node = part.Node;
            switch (node.Op)
            {
                case ConditionOp.And or ConditionOp.Or:
                    return (part, Chain(part));
                case ConditionOp.For:
                    part = part.Within(node.Left, $"for {QuantityText.Duration(node.Amount)} on end, ");
                    break;
                case ConditionOp.Recently:
                    part = part.Within(
                        node.Left, $"at some moment of the last {QuantityText.Duration(node.Amount)}, ");
                    break;
                case ConditionOp.Not when !IsSentence(part with { Index = node.Left }):
                    part = part.Within(node.Left, "it is not so that ");
                    break;
                case ConditionOp.Any or ConditionOp.All:
                    part = WithinGroup(part, rule.Groups[node.Group], Where(rule.Groups[node.Group], node.Op));
                    break;
                case ConditionOp.Compare when CountOf(part) is { Body: not null } group:
                    part = WithinGroup(
                        part,
                        group,
                        $"in {ValueText.Word(node.Comparison)} {Cgroups(part.Nodes[node.Right].Amount)} of "
                        + $"{group.Pattern.Text}, ");
                    break;
                default:
                    return (part, null);
            }
        }
    }

    /// <summary>Whether it is said in one sentence, which can be turned into its opposite.</summary>
    private bool IsSentence(Part part) => part.Node.Op switch
    {
        ConditionOp.Exists => true,
        ConditionOp.Compare => CountOf(part)?.Body is null,
        _ => false,
    };

    /// <summary>The group whose cgroups are counted and compared with a number.</summary>
    private ConditionGroup? CountOf(Part part)
    {
        ConditionNode left = part.Nodes[part.Node.Left];
        return left.Op == ConditionOp.Count && part.Nodes[part.Node.Right].Op == ConditionOp.Number
            ? rule.Groups[left.Group]
            : null;
    }

    private static Part WithinGroup(Part part, ConditionGroup group, string opening) =>
        new(group.Body!.Nodes, group.Body.Nodes.Length - 1, IsOfCgroup: true, part.Opening + opening);

    private static string Cgroups(long count) => count == 1 ? "1 cgroup" : $"{count} cgroups";

    private static string Where(ConditionGroup group, ConditionOp op)
    {
        string text = group.Pattern.Text;
        if (PatternText.IsOne(group.Pattern))
            return $"in {text}, ";
        return op == ConditionOp.Any ? $"in at least one cgroup of {text}, " : $"in every cgroup of {text}, ";
    }

    /// <summary>A chain of equal joints leans to the left and can be long: it is walked, not recursed into.</summary>
    private static List<Part> Chain(Part part)
    {
        ConditionOp joint = part.Node.Op;
        var list = new List<Part>();
        int index = part.Index;
        while (part.Nodes[index].Op == joint)
        {
            list.Add(part with { Index = part.Nodes[index].Right, Opening = "" });
            index = part.Nodes[index].Left;
        }

        list.Add(part with { Index = index, Opening = "" });
        list.Reverse();
        return list;
    }

    private string Sentence(Part part)
    {
        ConditionNode node = part.Node;
        bool not = node.Op == ConditionOp.Not;
        if (not)
            node = part.Nodes[node.Left];
        if (node.Op == ConditionOp.Exists)
            return $"{part.Opening}there is {(not ? "no" : "a")} cgroup {rule.Groups[node.Group].Pattern.Text}";
        Comparison comparison = not ? Opposite(node.Comparison) : node.Comparison;
        return part.Opening + _values.Compare(rule, part.Nodes, node, comparison, part.IsOfCgroup);
    }

    /// <summary>What a comparison asks when it is denied.</summary>
    public static Comparison Opposite(Comparison comparison) => comparison switch
    {
        Comparison.Less => Comparison.GreaterOrEqual,
        Comparison.LessOrEqual => Comparison.Greater,
        Comparison.Greater => Comparison.LessOrEqual,
        Comparison.GreaterOrEqual => Comparison.Less,
        Comparison.Equal => Comparison.NotEqual,
        _ => Comparison.Equal,
    };

    /// <summary>A part of a condition, and what was said before it.</summary>
    /// <param name="Nodes">Of the rule's condition, or of a group's.</param>
    /// <param name="Index">Its root.</param>
    /// <param name="IsOfCgroup">Whether names are a cgroup's, so that the machine's are to be told from them.</param>
    /// <param name="Opening">"for 8 s on end, ".</param>
    private readonly record struct Part(ConditionNode[] Nodes, int Index, bool IsOfCgroup, string Opening)
    {
        public ConditionNode Node => Nodes[Index];

        public Part Within(int index, string opening) => this with { Index = index, Opening = Opening + opening };
    }
}
