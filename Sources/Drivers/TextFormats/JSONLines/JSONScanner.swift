internal import Scalars

/// What a line's scan can find wrong.
enum JSONScanError: Error {
    case rejected(RejectionReason)
}

/// A JSON value as it lies in a line.
enum JSONToken {
    /// The bytes between the quotes.
    case string(Range<Int>, hasEscapes: Bool)
    case number(Range<Int>)
    case boolean(Bool)
    case null
    /// An object or array with everything in it.
    case container(Range<Int>)
}

/// Reads the JSON of one line from left to right, as RFC 8259 has it, without making a tree.
struct JSONScanner {
    /// Objects and arrays within each other; a limit, because outside text decides it.
    static let depthLimit = 256

    let bytes: ByteWindow
    private(set) var position: Int
    private let end: Int

    init(_ bytes: ByteWindow, _ line: Range<Int>) {
        self.bytes = bytes
        position = line.lowerBound
        end = line.upperBound
    }

    @inline(__always)
    mutating func skipSpaces() {
        while position < end {
            let byte = bytes.byte(position)
            guard byte <= 0x20, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A else {
                return
            }
            position &+= 1
        }
    }

    /// Moves over `byte`, if it is next.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < end, bytes.byte(position) == byte else { return false }
        position &+= 1
        return true
    }

    mutating func expect(_ byte: UInt8, _ name: StaticString) throws(JSONScanError) {
        guard take(byte) else { throw Self.expected(name) }
    }

    func expectEnd() throws(JSONScanError) {
        guard position == end else { throw Self.expected("the end of the line") }
    }

    static func expected(_ name: StaticString) -> JSONScanError {
        .rejected(.syntax(name.description))
    }

    /// The value at `position`, which moves behind it.
    mutating func value() throws(JSONScanError) -> JSONToken {
        guard position < end else { throw Self.expected("a value") }
        switch bytes.byte(position) {
        case 0x22:
            position += 1
            let (range, hasEscapes) = try stringRest()
            return .string(range, hasEscapes: hasEscapes)
        case 0x2D, 0x30...0x39: return .number(try number())
        case 0x74:
            try word("true")
            return .boolean(true)
        case 0x66:
            try word("false")
            return .boolean(false)
        case 0x6E:
            try word("null")
            return .null
        case 0x7B, 0x5B: return .container(try container())
        default: throw Self.expected("a value")
        }
    }

    /// The rest of a string whose opening quote was taken: where its text lies, and whether it has escapes.
    mutating func stringRest() throws(JSONScanError) -> (Range<Int>, hasEscapes: Bool) {
        let start = position
        var hasEscapes = false
        while position < end {
            position &+= Self.plainCount(bytes.word(position))
            guard position < end else { break }
            let byte = bytes.byte(position)
            position += 1
            if byte == 0x22 { return (start..<position - 1, hasEscapes) }
            if byte == 0x5C {
                hasEscapes = true
                guard position < end else { break }
                position += 1
            } else if byte < 0x20 {
                throw Self.expected("an escape for a control character")
            }
        }
        throw Self.expected("a closing quote")
    }

    /// How many of a word's first bytes are no quote, backslash or control character; at most 8.
    ///
    /// May stop early only where such a byte follows at once, as borrows pass upwards only.
    @inline(__always)
    private static func plainCount(_ word: UInt64) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5C)
        let found =
            ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
            | ((word &- ones &* 0x20) & ~word)
        return (found & highs).trailingZeroBitCount >> 3
    }

    private mutating func number() throws(JSONScanError) -> Range<Int> {
        let start = position
        _ = take(0x2D)
        let firstDigit = position
        try digits()
        if bytes.byte(firstDigit) == 0x30, position > firstDigit + 1 {
            throw Self.expected("a number without leading zeros")
        }
        if take(0x2E) { try digits() }
        if take(0x65) || take(0x45) {
            if !take(0x2B) { _ = take(0x2D) }
            try digits()
        }
        return start..<position
    }

    private mutating func digits() throws(JSONScanError) {
        let start = position
        while position < end, bytes.byte(position) &- 0x30 <= 9 { position &+= 1 }
        guard position > start else { throw Self.expected("a digit") }
    }

    private mutating func word(_ word: StaticString) throws(JSONScanError) {
        for letter in word.description.utf8 {
            guard take(letter) else { throw Self.expected("a value") }
        }
    }

    /// Moves over an object or array, checking it; nesting is counted, not recursive.
    private mutating func container() throws(JSONScanError) -> Range<Int> {
        let start = position
        // One bit a level: whether it is an object.
        var isObject: [Bool] = []
        repeat {
            if try open(&isObject) { continue }
            try element(&isObject)
        } while !isObject.isEmpty
        return start..<position
    }

    /// Enters a container whose bracket is next; true where it is not empty and its first value is next.
    private mutating func open(_ isObject: inout [Bool]) throws(JSONScanError) -> Bool {
        let opensObject = position < end && bytes.byte(position) == 0x7B
        let opensArray = position < end && bytes.byte(position) == 0x5B
        guard opensObject || opensArray else { return false }
        guard isObject.count < Self.depthLimit else {
            throw Self.expected("at most 256 levels of nesting")
        }
        position += 1
        isObject.append(opensObject)
        skipSpaces()
        if take(opensObject ? 0x7D : 0x5D) {
            isObject.removeLast()
            try closeAll(&isObject)
        } else if opensObject {
            try key()
        }
        return true
    }

    /// Moves over a plain value, and over what follows it.
    private mutating func element(_ isObject: inout [Bool]) throws(JSONScanError) {
        _ = try value()
        try closeAll(&isObject)
    }

    /// After a value: the comma before the next one, or the brackets that close.
    private mutating func closeAll(_ isObject: inout [Bool]) throws(JSONScanError) {
        while let isInObject = isObject.last {
            skipSpaces()
            if take(0x2C) {
                skipSpaces()
                if isInObject { try key() }
                return
            }
            guard take(isInObject ? 0x7D : 0x5D) else {
                throw Self.expected(isInObject ? "a comma or }" : "a comma or ]")
            }
            isObject.removeLast()
        }
    }

    private mutating func key() throws(JSONScanError) {
        try expect(0x22, "a name in quotes")
        _ = try stringRest()
        skipSpaces()
        try expect(0x3A, "a colon")
        skipSpaces()
    }
}
