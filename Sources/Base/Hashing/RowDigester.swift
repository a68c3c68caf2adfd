/// The digest of one row after another, fed value by value, without storing their bytes.
///
/// `begin`, then one call per column, then `finish`. The digest is SipHash-2-4-128 of the bytes that
/// ``RowEncoder`` writes, under the key of tag `digest/v1`.
package struct RowDigester: Sendable {
    @usableFromInline let initial: SipHash128
    @usableFromInline var hash: SipHash128

    /// A digester for runs that compare with each other: the salt is a migration's, or empty outside one.
    package init(salt: String) { self.init(key: SipKey(tag: "digest/v1", salt: salt)) }

    package init(key: SipKey) {
        initial = SipHash128(key)
        hash = initial
    }

    @inlinable
    package mutating func begin(columnCount: Int) {
        hash = initial
        hash.update(UInt32(columnCount))
    }

    /// The digest of the row begun last.
    @inlinable
    package func finish() -> UInt128 { hash.finalize() }

    @inlinable
    package mutating func null() { hash.appendNull() }

    @inlinable
    package mutating func boolean(_ value: Bool) { hash.append(value) }

    @inlinable
    package mutating func integer(_ value: Int64) { hash.append(value) }

    /// `unscaled` · 10^−`scale`; numbers that are equal have equal digests, whatever their scales.
    package mutating func decimal(unscaled: Int128, scale: Int) {
        hash.append(CanonicalDecimal(unscaled: unscaled, scale: Int32(scale)))
    }

    @inlinable
    package mutating func float(_ value: Float) { hash.append(value) }

    @inlinable
    package mutating func double(_ value: Double) { hash.append(value) }

    /// UTF-8 text, shorter than 4 GiB.
    package mutating func text(_ value: Span<UInt8>) { hash.append(value, tag: RowEncoding.text) }

    /// A byte string, shorter than 4 GiB.
    package mutating func bytes(_ value: Span<UInt8>) { hash.append(value, tag: RowEncoding.bytes) }

    /// `nanoseconds` (0..<10⁹) after `seconds` since 1970.
    @inlinable
    package mutating func timestamp(seconds: Int64, nanoseconds: UInt32) {
        hash.append(seconds: seconds, nanoseconds: nanoseconds)
    }

    @inlinable
    package mutating func timestamp(microseconds: Int64) {
        let (seconds, nanoseconds) = RowEncoding.timestamp(microseconds: microseconds)
        hash.append(seconds: seconds, nanoseconds: nanoseconds)
    }

    /// Days since 1970-01-01.
    @inlinable
    package mutating func date(days: Int32) { hash.append(days: days) }
}

/// The row encoding, fed straight into the hash.
extension SipHash128 {
    @inlinable @inline(__always)
    mutating func appendNull() { update(RowEncoding.null) }

    @inlinable @inline(__always)
    mutating func append(_ value: Bool) { update(RowEncoding.boolean(value)) }

    @inlinable @inline(__always)
    mutating func append(_ value: Int64) {
        update(RowEncoding.integer)
        update(UInt64(bitPattern: value))
    }

    @inlinable @inline(__always)
    mutating func append(_ value: Float) {
        update(RowEncoding.float)
        update(RowEncoding.bits(value))
    }

    @inlinable @inline(__always)
    mutating func append(_ value: Double) {
        update(RowEncoding.double)
        update(RowEncoding.bits(value))
    }

    @inlinable @inline(__always)
    mutating func append(seconds: Int64, nanoseconds: UInt32) {
        update(RowEncoding.timestamp)
        update(UInt64(bitPattern: seconds))
        update(nanoseconds)
    }

    @inlinable @inline(__always)
    mutating func append(days: Int32) {
        update(RowEncoding.date)
        update(UInt32(bitPattern: days))
    }

    mutating func append(_ value: CanonicalDecimal) {
        update(RowEncoding.decimal)
        update(UInt32(bitPattern: value.scale))
        update(value.length)
        let first = min(UInt64(value.length), 8)
        state.write(UInt64(truncatingIfNeeded: value.bytes), byteCount: first)
        let rest = UInt64(value.length) - first
        guard rest > 0 else { return }
        state.write(UInt64(truncatingIfNeeded: value.bytes >> 64), byteCount: rest)
    }

    @inline(__always)
    mutating func append(_ value: Span<UInt8>, tag: UInt8) {
        update(tag)
        update(UInt32(value.count))
        state.write(value)
    }
}
