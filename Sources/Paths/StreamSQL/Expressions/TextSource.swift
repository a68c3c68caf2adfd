internal import Columns

/// A text or BYTES operand: one text for every row, a text a row, or codes into a dictionary.
///
/// Loops take `bytes.span` once and ask for each row's range.
struct TextSource: Sendable {
    let bytes: Buffer<UInt8>
    private let offsets: Buffer<Int32>
    private let codes: Buffer<Int32>?
    private let isScalar: Bool

    init(_ texts: TextValues) {
        bytes = texts.bytes
        offsets = texts.offsets
        codes = nil
        isScalar = false
    }

    /// `text` for every row.
    init(scalar text: [UInt8]) {
        bytes = Buffer(text)
        offsets = Buffer([0, Int32(text.count)])
        codes = nil
        isScalar = true
    }

    init(codes: Buffer<Int32>, dictionary: TextDictionary) {
        bytes = dictionary.values.bytes
        offsets = dictionary.values.offsets
        self.codes = codes
        isScalar = false
    }

    /// Where the text of `row` lies in `bytes`; unspecified but inside `bytes` for NULL rows.
    @inline(__always)
    func range(_ row: Int) -> Range<Int> {
        let entry = isScalar ? 0 : codes.map { Int($0[row]) } ?? row
        // The code of a NULL row may be any number.
        guard entry >= 0, entry < offsets.count - 1 else { return 0..<0 }
        return Int(offsets[entry])..<Int(offsets[entry + 1])
    }
}

extension Input {
    /// A NULL scalar reads as an empty text.
    var texts: TextSource {
        switch content {
        case .scalar(.text(let text)): return TextSource(scalar: [UInt8](text.utf8))
        case .scalar(.bytes(let bytes)): return TextSource(scalar: bytes)
        case .vector(let column):
            switch column.values {
            case .texts(let texts): return TextSource(texts)
            case .coded(let codes, let dictionary):
                return TextSource(codes: codes, dictionary: dictionary)
            // A column of the NULL type: every row reads as an empty text.
            default: return TextSource(scalar: [])
            }
        case .scalar: return TextSource(scalar: [])
        }
    }
}

/// Order of two byte strings: negative, 0 or positive.
@inline(__always)
func byteOrder(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
    let shared = min(left.count, right.count)
    var index = 0
    while index < shared {
        let (first, second) = (left[index], right[index])
        if first != second { return first < second ? -1 : 1 }
        index &+= 1
    }
    return left.count - right.count
}

/// Whether two byte strings are equal.
@inline(__always)
func bytesEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    var index = 0
    while index < left.count {
        if left[index] != right[index] { return false }
        index &+= 1
    }
    return true
}

extension Call {
    /// Compares by bytes: no collation, no trailing-space rule.
    func compareTexts(_ relation: Relation) -> Bitmap {
        let (left, right) = (inputs[0].texts, inputs[1].texts)
        let leftBytes = left.bytes.span
        let rightBytes = right.bytes.span
        switch relation {
        case .equal, .notEqual:
            let equal = pack(count: count) { row in
                bytesEqual(
                    leftBytes.extracting(left.range(row)),
                    rightBytes.extracting(right.range(row))
                )
            }
            return relation == .equal ? equal : ~equal
        default:
            return pack(count: count) { row in
                relation.holds(
                    byteOrder(
                        leftBytes.extracting(left.range(row)),
                        rightBytes.extracting(right.range(row))
                    )
                )
            }
        }
    }
}
