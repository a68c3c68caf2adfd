internal import Foundation
internal import FoundationXML

/// What an XML parser finds in a text.
package struct MarkupOutline: Sendable {
    /// How often each element occurs.
    package var counts: [String: Int] = [:]
    /// Every text between tags, without the space around it.
    package var texts: [String] = []
    /// Every value of an attribute.
    package var values: [String] = []
    /// Why the text is not well-formed; nil where it is.
    package var problem: String?

    /// Reads a text without loading anything.
    package init(_ text: String) {
        let collector = Collector()
        let parser = XMLParser(data: Data(text.utf8))
        parser.shouldResolveExternalEntities = false
        parser.delegate = collector
        let isWellFormed = parser.parse()
        counts = collector.counts
        texts = collector.texts
        values = collector.values
        problem =
            isWellFormed
            ? nil : "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "unknown")"
    }
}

private final class Collector: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]
    var texts: [String] = []
    var values: [String] = []
    private var text = ""

    func parser(
        _ parser: XMLParser,
        didStartElement element: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        finishText()
        counts[element, default: 0] += 1
        values += attributes.sorted { $0.key < $1.key }.map(\.value)
    }

    func parser(
        _ parser: XMLParser,
        didEndElement element: String,
        namespaceURI: String?,
        qualifiedName: String?
    ) {
        finishText()
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }

    private func finishText() {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if !trimmed.isEmpty { texts.append(trimmed) }
        text = ""
    }
}
