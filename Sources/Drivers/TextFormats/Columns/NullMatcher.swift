/// Compares fields with the null literal.
struct NullMatcher {
    /// Nil: no text is NULL.
    let literal: [UInt8]?
    /// Whether the literal could be read as a number or a time, so that the readers' quick loops must look.
    let looksLikeValue: Bool
    private let count: Int
    private let word: UInt64
    private let mask: UInt64

    init(_ text: String?) {
        let bytes = text.map { Array($0.utf8) }
        literal = bytes
        // A field never has -2 bytes.
        count = bytes?.count ?? -2
        let first = bytes?.first
        looksLikeValue = first.map { $0 >= 0x2B && $0 <= 0x39 } ?? false
        let prefix = (bytes ?? []).prefix(8)
        word = prefix.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
        mask = prefix.count == 8 ? ~0 : 1 << UInt64(8 * prefix.count) - 1
    }

    /// Whether the bytes in `start..<end` are the literal.
    @inline(__always)
    func matches(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> Bool {
        guard end &- start == count, bytes.word(start) & mask == word else { return false }
        return count <= 8 || bytes.equals(start..<end, literal ?? [])
    }

    func matches(_ text: Span<UInt8>) -> Bool {
        guard let literal, text.count == literal.count else { return false }
        for index in literal.indices where text[index] != literal[index] { return false }
        return true
    }
}
