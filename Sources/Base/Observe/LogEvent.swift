package import JSON

/// How much an event matters.
package enum LogLevel: Int, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    /// The path that the program took.
    case debug
    /// A change of state that an operator acts on.
    case info
    /// Something that works, but should be looked at.
    case warning
    /// A failure, told once at the place that handles it.
    case error

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package var description: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }
}

/// Names and values that belong to an event, in their order.
package struct LogMetadata: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    package private(set) var pairs: [(name: String, value: JSONValue)] = []

    package init() {}

    package init(dictionaryLiteral pairs: (String, JSONValue)...) {
        for (name, value) in pairs { set(name, value) }
    }

    /// Sets a value; a name that exists keeps its place.
    package mutating func set(_ name: String, _ value: JSONValue) {
        if let place = pairs.firstIndex(where: { $0.name == name }) {
            pairs[place].value = value
        } else {
            pairs.append((name, value))
        }
    }

    package func merging(_ other: LogMetadata) -> LogMetadata {
        var merged = self
        for (name, value) in other.pairs { merged.set(name, value) }
        return merged
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.pairs.elementsEqual(right.pairs, by: ==)
    }
}

/// One thing that happened.
package struct LogEvent: Sendable, Equatable {
    /// Microseconds since 1970 UTC.
    package var time: Int64
    package var level: LogLevel
    /// A constant sentence; what varies is metadata.
    package var message: String
    package var metadata: LogMetadata

    package init(time: Int64, level: LogLevel, message: String, metadata: LogMetadata) {
        self.time = time
        self.level = level
        self.message = message
        self.metadata = metadata
    }
}
