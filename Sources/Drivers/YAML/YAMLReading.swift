internal import Failures

/// What a reader of YAML accepts.
package struct YAMLLimits: Sendable {
    /// Bytes of the whole text.
    package var size: Int
    /// Lists and mappings inside each other.
    package var depth: Int
    /// How many times as many values as the text writes its aliases may make of it.
    package var expansion: Int

    package init(size: Int = 1 << 20, depth: Int = 32, expansion: Int = 10) {
        self.size = size
        self.depth = depth
        self.expansion = expansion
    }
}

extension YAMLNode {
    /// Reads a text of one YAML 1.2 document, with the place of every key and value.
    ///
    /// The subset: block and flow style, anchors and aliases, the core schema. Refused are tags outside it, keys that
    /// are no single values, a key twice in one mapping, and a second document.
    ///
    /// - Parameters:
    ///   - bytes: the text in UTF-8.
    ///   - source: the text's name in positions; may be empty.
    ///   - limits: size, depth, and how far aliases may expand.
    /// - Throws: ``YAMLError`` with the position of the first mistake.
    package init(
        parsing bytes: [UInt8],
        source: String = "",
        limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) {
        let start = SourcePosition(source: source, line: 1, column: 1)
        guard bytes.count <= limits.size else {
            throw YAMLError(
                "the text has \(bytes.count) bytes",
                remedy: "stay within \(limits.size) bytes",
                at: start
            )
        }
        let events = try YAMLEventReader(bytes, source: source)
        var composer = YAMLComposer(events: events, limits: limits)
        self = try composer.composeText()
    }

    /// Reads a text from a string.
    package init(
        parsing text: String,
        source: String = "",
        limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) {
        try self.init(parsing: Array(text.utf8), source: source, limits: limits)
    }
}
