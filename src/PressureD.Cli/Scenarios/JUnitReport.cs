using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml;

namespace PressureD.Cli.Scenarios;

/// <summary>Verdicts as JUnit's XML, which continuous integration systems read.</summary>
internal static class JUnitReport
{
    internal static void Write(TextWriter output, IReadOnlyList<ScenarioVerdict> verdicts, TimeSpan took)
    {
        using XmlWriter xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, CloseOutput = false });
        xml.WriteStartElement("testsuites");
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", "pressurectl test");
        WriteNumber(xml, "tests", verdicts.Count);
        WriteNumber(xml, "failures", verdicts.Count(static verdict => !verdict.Passed && !verdict.Broken));
        WriteNumber(xml, "errors", verdicts.Count(static verdict => verdict.Broken));
        WriteNumber(xml, "skipped", 0);
        WriteTime(xml, took);
        foreach (ScenarioVerdict verdict in verdicts)
        {
            WriteCase(xml, verdict);
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, ScenarioVerdict verdict)
    {
        xml.WriteStartElement("testcase");
        string? folder = Path.GetDirectoryName(verdict.File);
        xml.WriteAttributeString("classname", string.IsNullOrEmpty(folder) ? "." : folder);
        xml.WriteAttributeString("name", Path.GetFileNameWithoutExtension(verdict.File));
        WriteTime(xml, verdict.Took);
        if (!verdict.Passed)
        {
            xml.WriteStartElement(verdict.Broken ? "error" : "failure");
            xml.WriteAttributeString("message", Clean(verdict.Problems[0]));
            xml.WriteString(Clean(string.Join('\n', verdict.Problems) + "\n\n" + verdict.Timeline));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    // XML 1.0 has no way to write most control characters.
    private static string Clean(string text) =>
        new(text.Select(static c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '?').ToArray());

    private static void WriteNumber(XmlWriter xml, string name, int number) =>
        xml.WriteAttributeString(name, number.ToString(CultureInfo.InvariantCulture));

    private static void WriteTime(XmlWriter xml, TimeSpan time) =>
        xml.WriteAttributeString("time", time.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture));
}
