internal import CKernels
internal import Glibc

/// Bytes that may be read a word at a time, up to 64 bytes past their end.
///
/// SAFETY: `@safe` rests on its makers: a chunk's memory, or a scratch with the same padding. Positions come
/// from the separator index of the same bytes; debug builds check them.
@safe
struct ByteWindow {
    let start: UnsafePointer<UInt8>
    let count: Int

    @unsafe init(start: UnsafePointer<UInt8>, count: Int) {
        unsafe self.start = unsafe start
        self.count = count
    }

    @inline(__always)
    func byte(_ position: Int) -> UInt8 {
        assert(position >= 0 && position < count + 64, "a position in the window")
        return unsafe start[position]
    }

    /// The eight bytes from `position` on, the first in the lowest bits.
    @inline(__always)
    func word(_ position: Int) -> UInt64 {
        assert(position >= 0 && position <= count + 56, "a position in the window")
        let raw = unsafe UnsafeRawPointer(start + position)
        return unsafe UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
    }

    /// The bytes in `range`, for readers of single values; for use while the window's owner lives.
    @_lifetime(immortal)
    func span(_ range: Range<Int>) -> Span<UInt8> {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range in the window")
        let span = unsafe Span(_unsafeStart: start + range.lowerBound, count: range.count)
        return unsafe _overrideLifetime(span, copying: ())
    }

    /// Whether the bytes in `range` are `other`.
    func equals(_ range: Range<Int>, _ other: [UInt8]) -> Bool {
        guard range.count == other.count else { return false }
        for index in other.indices where byte(range.lowerBound + index) != other[index] {
            return false
        }
        return true
    }
}

extension ByteWindow {
    /// Whether everything from `position` on is UTF-8.
    func isUTF8(from position: Int) -> Bool {
        precondition(position >= 0 && position <= count, "a position in the window")
        return unsafe ck_utf8_prefix(start + position, count - position) == count - position
    }

    /// Whether the bytes in `range` are UTF-8.
    func isUTF8(_ range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range in the window")
        return unsafe ck_utf8_prefix(start + range.lowerBound, range.count) == range.count
    }

    /// Whether `byte` is among the bytes.
    func contains(_ byte: UInt8) -> Bool { unsafe memchr(start, Int32(byte), count) != nil }

    /// How many newlines are in `range`.
    func newlineCount(_ range: Range<Int>) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range in the window")
        return unsafe ck_newline_count(start + range.lowerBound, range.count)
    }
}
