/// Writes a row's columns as the bytes that a row digest is made of, into a buffer that it keeps.
///
/// Digests of many rows are cheaper by ``RowDigester`` or ``RowDigests``, which never store the bytes.
package struct RowEncoder: Sendable {
    /// The encoding of the row begun last.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Forgets the last row and begins one of `columnCount` columns.
    package mutating func begin(columnCount: Int) {
        bytes.removeAll(keepingCapacity: true)
        append(UInt32(columnCount))
    }

    package mutating func null() { bytes.append(RowEncoding.null) }

    package mutating func boolean(_ value: Bool) { bytes.append(RowEncoding.boolean(value)) }

    package mutating func integer(_ value: Int64) {
        bytes.append(RowEncoding.integer)
        append(value)
    }

    /// `unscaled` · 10^−`scale`; numbers that are equal are encoded alike, whatever their scales.
    package mutating func decimal(unscaled: Int128, scale: Int) {
        let canonical = CanonicalDecimal(unscaled: unscaled, scale: Int32(scale))
        bytes.append(RowEncoding.decimal)
        append(canonical.scale)
        append(canonical.length)
        for index in 0..<Int(canonical.length) {
            bytes.append(UInt8(truncatingIfNeeded: canonical.bytes >> UInt128(index * 8)))
        }
    }

    package mutating func float(_ value: Float) {
        bytes.append(RowEncoding.float)
        append(RowEncoding.bits(value))
    }

    package mutating func double(_ value: Double) {
        bytes.append(RowEncoding.double)
        append(RowEncoding.bits(value))
    }

    /// UTF-8 text, shorter than 4 GiB.
    package mutating func text(_ value: Span<UInt8>) {
        bytes.append(RowEncoding.text)
        append(counted: value)
    }

    /// A byte string, shorter than 4 GiB.
    package mutating func bytes(_ value: Span<UInt8>) {
        bytes.append(RowEncoding.bytes)
        append(counted: value)
    }

    /// `nanoseconds` (0..<10⁹) after `seconds` since 1970.
    package mutating func timestamp(seconds: Int64, nanoseconds: UInt32) {
        bytes.append(RowEncoding.timestamp)
        append(seconds)
        append(nanoseconds)
    }

    package mutating func timestamp(microseconds: Int64) {
        let (seconds, nanoseconds) = RowEncoding.timestamp(microseconds: microseconds)
        timestamp(seconds: seconds, nanoseconds: nanoseconds)
    }

    /// Days since 1970-01-01.
    package mutating func date(days: Int32) {
        bytes.append(RowEncoding.date)
        append(days)
    }

    private mutating func append<Word: FixedWidthInteger>(_ word: Word) {
        for index in 0..<Word.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: word >> Word(index * 8)))
        }
    }

    private mutating func append(counted value: Span<UInt8>) {
        append(UInt32(value.count))
        for index in value.indices { bytes.append(value[index]) }
    }
}
