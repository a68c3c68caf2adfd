internal import Columns
internal import Scalars

/// A compiled date pattern in the letters of Java's DateTimeFormatter, with English names.
///
/// Known letters: `y u M L d D H h k K m s S E a Q`; text in `'…'`, where `''` is a quote; what is no letter
/// stands for itself.
struct DatePattern: Sendable, Hashable {
    /// Why a text is no date pattern.
    struct Problem: Error, Hashable {
        var text: String
    }

    enum Field: Sendable, Hashable {
        /// Bytes that stand for themselves.
        case literal([UInt8])
        case year(Int)
        case quarter(Int)
        case month(Int)
        case monthName(isShort: Bool)
        case day(Int)
        case dayOfYear(Int)
        case weekday(isShort: Bool)
        /// 0...23, 1...24, 0...11 and 1...12.
        case hour(Int)
        case hourFromOne(Int)
        case halfDayHour(Int)
        case clockHour(Int)
        case minute(Int)
        case second(Int)
        /// Digits of the second's fraction, cut.
        case fraction(Int)
        case halfDay
    }

    let fields: [Field]

    /// What FROM_UNIXTIME and UNIX_TIMESTAMP use where no pattern is given.
    static let standard = DatePattern(
        fields: [
            .year(4), .literal([0x2D]), .month(2), .literal([0x2D]), .day(2), .literal([0x20]),
            .hour(2), .literal([0x3A]), .minute(2), .literal([0x3A]), .second(2),
        ]
    )

    private init(fields: [Field]) { self.fields = fields }

    init(_ pattern: String) throws(Problem) {
        var fields: [Field] = []
        var literal: [UInt8] = []
        var rest = Substring(pattern)
        func closeLiteral() {
            if !literal.isEmpty { fields.append(.literal(literal)) }
            literal = []
        }
        while let character = rest.first {
            if character == "'" {
                literal += try Self.quotation(&rest, pattern)
            } else if character.isASCII, character.isLetter {
                let run = rest.prefix { $0 == character }
                rest = rest.dropFirst(run.count)
                closeLiteral()
                guard let field = Self.field(character, run.count) else {
                    throw Problem(text: "the letters \(run) in '\(pattern)'")
                }
                fields.append(field)
            } else {
                literal += Array(String(character).utf8)
                rest = rest.dropFirst()
            }
        }
        closeLiteral()
        self.fields = fields
    }

    /// The text between quotes, which `rest` loses; `''` is one quote.
    private static func quotation(
        _ rest: inout Substring,
        _ pattern: String
    ) throws(Problem) -> [UInt8] {
        rest = rest.dropFirst()
        if rest.first == "'" {
            rest = rest.dropFirst()
            return [UInt8(ascii: "'")]
        }
        var text: [UInt8] = []
        while let character = rest.first {
            rest = rest.dropFirst()
            if character != "'" {
                text += Array(String(character).utf8)
            } else if rest.first == "'" {
                text.append(UInt8(ascii: "'"))
                rest = rest.dropFirst()
            } else {
                return text
            }
        }
        throw Problem(text: "an open quote in '\(pattern)'")
    }

    private static func field(_ letter: Character, _ count: Int) -> Field? {
        guard count <= 9 else { return nil }
        switch letter {
        case "y", "u": return .year(count)
        case "Q" where count <= 2: return .quarter(count)
        case "M", "L":
            return count <= 2 ? .month(count) : count <= 4 ? .monthName(isShort: count == 3) : nil
        case "d" where count <= 2: return .day(count)
        case "D" where count <= 3: return .dayOfYear(count)
        case "E" where count <= 4: return .weekday(isShort: count <= 3)
        case "H" where count <= 2: return .hour(count)
        case "k" where count <= 2: return .hourFromOne(count)
        case "K" where count <= 2: return .halfDayHour(count)
        case "h" where count <= 2: return .clockHour(count)
        case "m" where count <= 2: return .minute(count)
        case "s" where count <= 2: return .second(count)
        case "S": return .fraction(count)
        case "a" where count == 1: return .halfDay
        default: return nil
        }
    }

    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ].map { Array($0.utf8) }

    /// From Monday.
    static let weekdayNames = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ].map { Array($0.utf8) }
}

extension DatePattern {
    /// Appends a timestamp, which must be local, in this pattern.
    func append(_ microseconds: Int64, to output: inout [UInt8]) {
        let parts = CivilTime(microseconds)
        for field in fields { append(field, parts, to: &output) }
    }

    private func append(_ field: Field, _ parts: CivilTime, to output: inout [UInt8]) {
        switch field {
        case .literal(let bytes): output += bytes
        case .year(2): appendNumber(((parts.civil.year % 100) + 100) % 100, 2, to: &output)
        case .year(let width):
            if parts.civil.year < 0 { output.append(UInt8(ascii: "-")) }
            appendNumber(abs(parts.civil.year), width, to: &output)
        case .quarter(let width): appendNumber((parts.civil.month + 2) / 3, width, to: &output)
        case .month(let width): appendNumber(parts.civil.month, width, to: &output)
        case .monthName(let isShort):
            let name = Self.monthNames[parts.civil.month - 1]
            output += isShort ? name.prefix(3) : name[...]
        case .day(let width): appendNumber(parts.civil.day, width, to: &output)
        case .dayOfYear(let width): appendNumber(parts.dayOfYear, width, to: &output)
        case .weekday(let isShort):
            let name = Self.weekdayNames[parts.isoWeekday - 1]
            output += isShort ? name.prefix(3) : name[...]
        case .hour(let width): appendNumber(parts.hour, width, to: &output)
        case .hourFromOne(let width):
            appendNumber(parts.hour == 0 ? 24 : parts.hour, width, to: &output)
        case .halfDayHour(let width): appendNumber(parts.hour % 12, width, to: &output)
        case .clockHour(let width): appendNumber((parts.hour + 11) % 12 + 1, width, to: &output)
        case .minute(let width): appendNumber(parts.minute, width, to: &output)
        case .second(let width): appendNumber(parts.second, width, to: &output)
        case .fraction(let width):
            for digit in 0..<width {
                // Digits past the sixth are below a microsecond.
                let power = digit < 6 ? Self.powers[5 - digit] : 0
                let value = power == 0 ? 0 : parts.microsecond / power % 10
                output.append(0x30 + UInt8(truncatingIfNeeded: value))
            }
        case .halfDay: output += parts.hour < 12 ? [0x41, 0x4D] : [0x50, 0x4D]
        }
    }

    private static let powers = [1, 10, 100, 1000, 10_000, 100_000]

    private func appendNumber(_ number: Int, _ width: Int, to output: inout [UInt8]) {
        IntegerText.append(magnitude: UInt64(number), digits: width, to: &output)
    }
}
