internal import Failures

/// What a reader of JSON accepts.
package struct JSONLimits: Sendable {
    /// Arrays and objects inside each other.
    package var depth: Int
    /// Bytes of the whole text.
    package var size: Int
    package var duplicates: Duplicates

    /// What becomes of a name that an object has twice.
    package enum Duplicates: Sendable {
        case refused
        case firstWins
        case lastWins
    }

    package init(depth: Int = 256, size: Int = 64 << 20, duplicates: Duplicates = .refused) {
        self.depth = depth
        self.size = size
        self.duplicates = duplicates
    }
}

extension JSONValue {
    /// Reads one JSON text (RFC 8259) with the position of every value and name.
    ///
    /// A byte order mark before the text is skipped. Text that is not UTF-8, escapes of half a surrogate
    /// pair, numbers like `01` and anything after the value are errors.
    ///
    /// - Parameters:
    ///   - bytes: the text in UTF-8.
    ///   - source: the text's name in positions; may be empty.
    ///   - limits: depth, size, and what to do with duplicate names.
    /// - Throws: ``JSONError`` with the position of the first mistake.
    package init(
        parsing bytes: Span<UInt8>,
        source: String = "",
        limits: JSONLimits = JSONLimits()
    ) throws(JSONError) {
        let start = SourcePosition(source: source, line: 1, column: 1)
        guard bytes.count <= limits.size else {
            throw JSONError(
                "the text has \(bytes.count) bytes",
                remedy: "stay within \(limits.size) bytes",
                at: start
            )
        }
        var parser = JSONParser(bytes: bytes, source: source, limits: limits)
        self = try parser.parseText()
    }

    /// Reads one JSON text from a string.
    package init(
        parsing text: String,
        source: String = "",
        limits: JSONLimits = JSONLimits()
    ) throws(JSONError) {
        let bytes = Array(text.utf8)
        try self.init(parsing: bytes.span, source: source, limits: limits)
    }
}

/// Reads one text from its first byte to its last.
struct JSONParser: ~Escapable {
    let bytes: Span<UInt8>
    let source: String
    let limits: JSONLimits
    var index = 0
    private var line = 1
    private var lineStart = 0
    /// Bytes on this line that continue a character: a column counts characters.
    var continuationBytes = 0

    @_lifetime(copy bytes)
    init(bytes: Span<UInt8>, source: String, limits: JSONLimits) {
        self.bytes = bytes
        self.source = source
        self.limits = limits
    }

    /// Where the next byte stands.
    var position: SourcePosition {
        SourcePosition(
            source: source,
            line: line,
            column: index - lineStart - continuationBytes + 1
        )
    }

    mutating func parseText() throws(JSONError) -> JSONValue {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            index = 3
            lineStart = 3
        }
        skipSpace()
        let value = try parseValue(depth: 0)
        skipSpace()
        guard index == bytes.count else {
            throw error("\(found) follows the value", remedy: "write one value only")
        }
        return value
    }

    mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
        let start = position
        switch next {
        case UInt8(ascii: "{"): return try parseObject(depth: depth + 1, at: start)
        case UInt8(ascii: "["): return try parseArray(depth: depth + 1, at: start)
        case UInt8(ascii: "\""): return JSONValue(.string(try parseString()), at: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return JSONValue(.number(try parseNumber()), at: start)
        case UInt8(ascii: "t") where skip("true"): return JSONValue(.bool(true), at: start)
        case UInt8(ascii: "f") where skip("false"): return JSONValue(.bool(false), at: start)
        case UInt8(ascii: "n") where skip("null"): return JSONValue(.null, at: start)
        default:
            throw error("\(found) where a value should be", remedy: "write a JSON value there")
        }
    }

    private mutating func parseArray(
        depth: Int,
        at start: SourcePosition
    ) throws(JSONError) -> JSONValue {
        try checkDepth(depth)
        var elements: [JSONValue] = []
        index += 1
        skipSpace()
        if take("]") { return JSONValue(.array(elements), at: start) }
        while true {
            elements.append(try parseValue(depth: depth))
            skipSpace()
            if take("]") { return JSONValue(.array(elements), at: start) }
            guard take(",") else {
                throw error("\(found) after an element", remedy: "write a comma or ]")
            }
            skipSpace()
        }
    }

    private mutating func parseObject(
        depth: Int,
        at start: SourcePosition
    ) throws(JSONError) -> JSONValue {
        try checkDepth(depth)
        var object = JSONObject()
        var places: [[UInt8]: Int] = [:]
        index += 1
        skipSpace()
        if take("}") { return JSONValue(.object(object), at: start) }
        while true {
            let member = try parseMember(depth: depth)
            try add(member, to: &object, &places)
            skipSpace()
            if take("}") { return JSONValue(.object(object), at: start) }
            guard take(",") else {
                throw error("\(found) after a member", remedy: "write a comma or }")
            }
            skipSpace()
        }
    }

    private mutating func parseMember(depth: Int) throws(JSONError) -> JSONObject.Member {
        let start = position
        guard next == UInt8(ascii: "\"") else {
            throw error("\(found) where a name should be", remedy: "write a name in double quotes")
        }
        let name = try parseString()
        skipSpace()
        guard take(":") else {
            throw error("\(found) after the name \"\(name)\"", remedy: "write a colon")
        }
        skipSpace()
        return JSONObject.Member(name: name, value: try parseValue(depth: depth), position: start)
    }

    private func add(
        _ member: JSONObject.Member,
        to object: inout JSONObject,
        _ places: inout [[UInt8]: Int]
    ) throws(JSONError) {
        // By bytes: Swift's strings are equal where Unicode calls them equivalent, JSON's names are not.
        let key = Array(member.name.utf8)
        guard let place = places[key] else {
            places[key] = object.members.count
            object.append(member)
            return
        }
        switch limits.duplicates {
        case .firstWins: break
        case .lastWins: object.replaceValue(at: place, with: member.value)
        case .refused:
            let first = object.members[place].position.map { " (first at \($0.line):\($0.column))" }
            throw JSONError(
                "the name \"\(member.name)\" appears twice in one object" + (first ?? ""),
                remedy: "remove one of them",
                at: member.position
            )
        }
    }

    private func checkDepth(_ depth: Int) throws(JSONError) {
        guard depth > limits.depth else { return }
        throw error("values are nested too deep", remedy: "nest at most \(limits.depth) levels")
    }
}

/// Bytes and places.
extension JSONParser {
    /// The next byte; 0, which JSON has nowhere, at the end.
    var next: UInt8 { index < bytes.count ? bytes[index] : 0 }

    /// What stands next, for messages.
    var found: String {
        guard index < bytes.count else { return "the end of the text" }
        let byte = bytes[index]
        if byte > 0x20 && byte < 0x7F { return "\"\(Character(Unicode.Scalar(byte)))\"" }
        let digits = String(byte, radix: 16)
        return "byte 0x" + (byte < 16 ? "0" : "") + digits
    }

    func error(_ problem: String, remedy: String) -> JSONError {
        JSONError(problem, remedy: remedy, at: position)
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// Skips a word if it stands next.
    private mutating func skip(_ word: String) -> Bool {
        let text = Array(word.utf8)
        guard bytes.count - index >= text.count else { return false }
        for offset in text.indices where bytes[index + offset] != text[offset] { return false }
        index += text.count
        return true
    }

    mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0D: index += 1
            case 0x0A:
                index += 1
                line += 1
                lineStart = index
                continuationBytes = 0
            default: return
            }
        }
    }
}
