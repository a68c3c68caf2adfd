internal import Failures

/// Builds the tree of a text from its events.
struct YAMLComposer {
    private let events: YAMLEventReader
    private let limits: YAMLLimits
    private var anchors: [String: Built] = [:]
    /// Values that the text writes itself.
    private var writtenCount = 0

    /// A value, and how many values it is with everything in it.
    private struct Built {
        var node: YAMLNode
        /// Held at the largest number: aliases of aliases grow without bound.
        var count: Int
    }

    init(events: YAMLEventReader, limits: YAMLLimits) {
        self.events = events
        self.limits = limits
    }

    mutating func composeText() throws(YAMLError) -> YAMLNode {
        var event = try events.next()
        while case .other = event.kind { event = try events.next() }
        guard case .documentStart = event.kind else {
            throw YAMLError("the text is empty", remedy: "write a value", at: event.position)
        }
        let root = try compose(try events.next(), depth: 0)
        event = try events.next()
        while case .documentEnd = event.kind { event = try events.next() }
        guard case .streamEnd = event.kind else {
            throw YAMLError(
                "a second document begins",
                remedy: "write one document a file",
                at: event.position
            )
        }
        // Equal parts are shared, so that only walking the tree would take long: it is counted before.
        guard root.count / limits.expansion <= writtenCount else {
            throw YAMLError(
                "its aliases make more than \(limits.expansion) times of what it writes",
                remedy: "write the repeated parts out",
                at: root.node.position
            )
        }
        return root.node
    }

    private mutating func compose(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Built {
        guard depth <= limits.depth else {
            throw YAMLError(
                "values are nested too deep",
                remedy: "nest at most \(limits.depth) levels",
                at: event.position
            )
        }
        writtenCount += 1
        let built: Built
        switch event.kind {
        case .alias(let name): return try resolve(name, at: event.position)
        case .scalar(let text, let isPlain):
            let scalar = try tagged(YAMLScalar(text, isPlain: isPlain), event)
            built = Built(node: YAMLNode(.scalar(scalar), at: event.position), count: 1)
        case .sequenceStart:
            try requireTag("seq", event)
            built = try composeSequence(at: event.position, depth: depth)
        case .mappingStart:
            try requireTag("map", event)
            built = try composeMapping(at: event.position, depth: depth)
        case .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd, .other:
            preconditionFailure("a value begins with one of the events above")
        }
        if let anchor = event.anchor { anchors[anchor] = built }
        return built
    }

    /// An anchor is known behind its value only, so no value can hold itself.
    private func resolve(_ name: String, at position: SourcePosition) throws(YAMLError) -> Built {
        if let built = anchors[name] { return built }
        throw YAMLError(
            "the alias *\(name) stands for nothing before it",
            remedy: "write &\(name) before the value that is meant",
            at: position
        )
    }

    private mutating func composeSequence(
        at position: SourcePosition,
        depth: Int
    ) throws(YAMLError) -> Built {
        var elements: [YAMLNode] = []
        var count = 1
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { break }
            let element = try compose(event, depth: depth + 1)
            elements.append(element.node)
            count = Self.sum(count, element.count)
        }
        return Built(node: YAMLNode(.sequence(elements), at: position), count: count)
    }

    private mutating func composeMapping(
        at position: SourcePosition,
        depth: Int
    ) throws(YAMLError) -> Built {
        var members: [YAMLMember] = []
        var places: [[UInt8]: SourcePosition] = [:]
        var count = 1
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            let key = try compose(event, depth: depth + 1).node
            guard let name = key.scalar?.text else {
                throw YAMLError(
                    "\(key.kind) is a key",
                    remedy: "write a name as the key",
                    at: event.position
                )
            }
            // By bytes: Swift's strings are equal where Unicode calls them equivalent.
            if let first = places.updateValue(event.position, forKey: Array(name.utf8)) {
                throw YAMLError(
                    "the key \"\(name)\" appears twice (first at \(first.line):\(first.column))",
                    remedy: "remove one of them",
                    at: event.position
                )
            }
            let value = try compose(try events.next(), depth: depth + 1)
            members.append(YAMLMember(key: name, position: event.position, value: value.node))
            count = Self.sum(count, Self.sum(1, value.count))
        }
        return Built(node: YAMLNode(.mapping(members), at: position), count: count)
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

/// Tags: those of the core schema are checked, others refused.
extension YAMLComposer {
    private static let prefix = "tag:yaml.org,2002:"

    private func requireTag(_ name: String, _ event: YAMLEvent) throws(YAMLError) {
        guard let tag = event.tag, tag != "!", tag != Self.prefix + name else { return }
        throw refused(tag, event)
    }

    private func tagged(
        _ scalar: YAMLScalar,
        _ event: YAMLEvent
    ) throws(YAMLError) -> YAMLScalar {
        guard let tag = event.tag else { return scalar }
        // The tag `!` says: no type but string.
        if tag == "!" || tag == Self.prefix + "str" {
            return YAMLScalar(scalar.text, isPlain: false)
        }
        let plain = YAMLScalar(scalar.text)
        let name =
            switch plain.value {
            case .null: "null"
            case .bool: "bool"
            case .integer: "int"
            case .number: "float"
            case .string: "str"
            }
        guard tag == Self.prefix + name else { throw refused(tag, event) }
        return plain
    }

    private func refused(_ tag: String, _ event: YAMLEvent) -> YAMLError {
        let shown = tag.hasPrefix(Self.prefix) ? "!!" + tag.dropFirst(Self.prefix.count) : tag
        return YAMLError(
            "the tag \(shown) does not fit here",
            remedy: "leave the tag out",
            at: event.position
        )
    }
}
