internal import Columns

/// SplitMix64, so that a failing seed can be replayed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// Columns of every layout with the values that break kernels.
enum RandomColumns {
    static let rowCounts = [0, 1, 2, 63, 64, 65, 200]

    static let types: [DataType] = [
        .bigint, .double, .boolean, .decimal(precision: 38, scale: 2), .string, .bytes,
    ]

    static func value(_ type: DataType, _ random: inout SeededGenerator) -> Value {
        switch type.physical {
        case .integer:
            let extremes: [Int64] = [.min, .max, 0, -1, 1, 255, 256]
            return Bool.random(using: &random)
                ? .integer(extremes.randomElement(using: &random) ?? 0)
                : .integer(Int64.random(in: -40...40, using: &random))
        case .double:
            let extremes: [Double] = [
                .nan, -.nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -1.5, 1e300,
            ]
            return .double(extremes.randomElement(using: &random) ?? 0)
        case .boolean: return .boolean(Bool.random(using: &random))
        case .decimal:
            let extremes: [Int128] = [.min, .max, 0, -1, 1, 1 << 64, -(1 << 64), 1 << 63]
            return .decimal(extremes.randomElement(using: &random) ?? 0)
        case .text:
            let text = text(&random)
            return type == .bytes ? .bytes(Array(text.utf8)) : .text(text)
        }
    }

    /// Texts around the lengths at which layouts change, with zero bytes and shared prefixes.
    private static func text(_ random: inout SeededGenerator) -> String {
        let lengths = [0, 1, 3, 7, 8, 9, 14, 15, 16, 17, 31, 40]
        let length = lengths.randomElement(using: &random) ?? 0
        let alphabet: [String] = ["a", "a", "a", "b", "\0"]
        let ends: [String] = ["", "x", "\0", "é"]
        var text = ""
        for _ in 0..<length { text += alphabet.randomElement(using: &random) ?? "" }
        return text + (ends.randomElement(using: &random) ?? "")
    }

    static func values(_ type: DataType, _ count: Int, _ seed: UInt64) -> [Value] {
        var random = SeededGenerator(seed: seed)
        let hasNulls = Bool.random(using: &random)
        return (0..<count).map { _ in
            hasNulls && Int.random(in: 0..<5, using: &random) == 0 ? .null : value(type, &random)
        }
    }

    /// A column that may be a slice of a longer one.
    static func column(_ type: DataType, _ count: Int, _ seed: UInt64) -> Column {
        let offset = Int(seed % 3) * 5
        let values = values(type, count + offset, seed)
        return Column(type, values: values).slice(offset..<offset + count)
    }

    /// A text column over a dictionary, NULL rows with codes that must not be followed.
    static func codedColumn(_ count: Int, _ seed: UInt64) -> Column {
        var random = SeededGenerator(seed: seed)
        var texts: [String] = []
        for _ in 0..<40 {
            guard case .text(let text) = value(.string, &random) else { continue }
            if !texts.contains(text) { texts.append(text) }
        }
        let dictionary = TextDictionary(TextValues(texts))
        return codedColumn(count, dictionary, seed)
    }

    static func codedColumn(_ count: Int, _ dictionary: TextDictionary, _ seed: UInt64) -> Column {
        var random = SeededGenerator(seed: seed &+ 1)
        var codes: [Int32] = []
        var valid: [Bool] = []
        for _ in 0..<count {
            let isValid = Int.random(in: 0..<6, using: &random) > 0
            valid.append(isValid)
            let code = Int32.random(in: 0..<Int32(dictionary.values.count), using: &random)
            codes.append(isValid ? code : 1_000_000)
        }
        return Column(
            .string,
            .coded(codes: Buffer(codes), dictionary: dictionary),
            validity: seed % 2 == 0 || valid.contains(false) ? Bitmap(valid) : nil
        )
    }
}

/// What values mean, written the obvious way.
enum Oracle {
    /// Equal for values that grouping holds equal.
    static func key(_ value: Value) -> Value {
        guard case .double(let double) = value else { return value }
        return .text(double.isNaN ? "NaN" : double == 0 ? "0" : "\(double)")
    }

    static func keys(_ values: [Value]) -> [Value] { values.map(key) }

    /// NULL first, NaN last, text by bytes.
    static func order(_ left: Value, _ right: Value) -> Int {
        switch (left, right) {
        case (.null, .null): 0
        case (.null, _): -1
        case (_, .null): 1
        case (.integer(let a), .integer(let b)): a < b ? -1 : a > b ? 1 : 0
        case (.decimal(let a), .decimal(let b)): a < b ? -1 : a > b ? 1 : 0
        case (.boolean(let a), .boolean(let b)): (a ? 1 : 0) - (b ? 1 : 0)
        case (.double(let a), .double(let b)):
            a.isNaN || b.isNaN ? (a.isNaN ? 1 : 0) - (b.isNaN ? 1 : 0) : a < b ? -1 : a > b ? 1 : 0
        case (.text(let a), .text(let b)): order(Array(a.utf8), Array(b.utf8))
        case (.bytes(let a), .bytes(let b)): order(a, b)
        default: 0
        }
    }

    private static func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
        left.lexicographicallyPrecedes(right) ? -1 : left == right ? 0 : 1
    }
}
