/// The path of a rule: `$`, `$.items[*].price`, `$.*`, `$['strange name']`.
package struct PathPattern: Sendable, Hashable {
    enum Segment: Sendable, Hashable {
        case name(String)
        case anyName
        case index(Int)
        case anyIndex
    }

    let segments: [Segment]

    /// Reads a path; nil for what is none.
    package init?(_ text: String) {
        guard text.first == "$" else { return nil }
        var rest = text.dropFirst()
        var segments: [Segment] = []
        while let first = rest.first {
            rest.removeFirst()
            if first == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                segments.append(name == "*" ? .anyName : .name(String(name)))
                rest = rest.dropFirst(name.count)
            } else if first == "[" {
                guard let segment = Self.bracketed(&rest) else { return nil }
                segments.append(segment)
            } else {
                return nil
            }
        }
        self.segments = segments
    }

    private static func bracketed(_ rest: inout Substring) -> Segment? {
        if rest.first == "'" {
            rest.removeFirst()
            guard let end = rest.firstIndex(of: "'") else { return nil }
            let name = String(rest[..<end])
            rest = rest[end...].dropFirst()
            guard rest.popFirst() == "]" else { return nil }
            return .name(name)
        }
        guard let end = rest.firstIndex(of: "]") else { return nil }
        let inside = rest[..<end]
        rest = rest[end...].dropFirst()
        if inside == "*" { return .anyIndex }
        return Int(inside).flatMap { $0 >= 0 ? .index($0) : nil }
    }

    /// Whether it names `path` or something above it.
    func covers(_ path: ValuePath) -> Bool {
        guard segments.count <= path.steps.count else { return false }
        return zip(segments, path.steps).allSatisfy { segment, step in
            switch (segment, step) {
            case (.name(let wanted), .name(let name)): wanted == name
            case (.anyName, .name), (.anyIndex, .element): true
            case (.index(let wanted), .element(let index)): wanted == index
            default: false
            }
        }
    }

    /// More segments are more specific; then exact ones, the first counting most.
    func isMoreSpecific(than other: PathPattern) -> Bool {
        if segments.count != other.segments.count {
            return segments.count > other.segments.count
        }
        for (left, right) in zip(segments, other.segments) where left.isExact != right.isExact {
            return left.isExact
        }
        return false
    }
}

extension PathPattern.Segment {
    var isExact: Bool {
        switch self {
        case .name, .index: true
        case .anyName, .anyIndex: false
        }
    }
}

/// Where a value stands in a result.
package struct ValuePath: Sendable, Hashable, CustomStringConvertible {
    enum Step: Sendable, Hashable {
        case name(String)
        /// nil for elements that have no place, as in a multiset.
        case element(Int?)
    }

    private(set) var steps: [Step] = []

    package static let root = ValuePath()

    func appending(_ step: Step) -> ValuePath {
        var path = self
        path.steps.append(step)
        return path
    }

    /// With `[*]` for every place in a list, so that places do not multiply what is counted.
    package var description: String {
        steps.reduce("$") { text, step in
            switch step {
            case .element: text + "[*]"
            case .name(let name):
                name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
                    && !name.isEmpty ? text + "." + name : text + "['\(name)']"
            }
        }
    }
}
