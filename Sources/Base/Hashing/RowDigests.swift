/// The digests of all rows of a batch at once, fed column by column.
///
/// `begin`, then one `append…` per column in order, then `finish`. One hash state of 48 bytes a row is
/// kept between batches: batches of some thousand rows stay in the processor's caches. A set bit of
/// `validity` is a value; without `validity` no row is NULL. Results equal those of ``RowDigester``.
package struct RowDigests: Sendable {
    private let initial: SipHash128
    private var hashes: [SipHash128] = []

    /// Digests for runs that compare with each other: the salt is a migration's, or empty outside one.
    package init(salt: String) { self.init(key: SipKey(tag: "digest/v1", salt: salt)) }

    package init(key: SipKey) { initial = SipHash128(key) }

    /// Begins `rowCount` rows of `columnCount` columns.
    package mutating func begin(rowCount: Int, columnCount: Int) {
        var header = initial
        header.update(UInt32(columnCount))
        hashes.removeAll(keepingCapacity: true)
        hashes.append(contentsOf: repeatElement(header, count: rowCount))
    }

    /// Adds the digest of every row to `segment`.
    package func finish(into segment: inout SegmentDigest) {
        var total = segment
        for row in hashes.indices { total.add(hashes[row].finalize()) }
        segment = total
    }

    /// The digest of one row, after its last column.
    package func digest(_ row: Int) -> UInt128 { hashes[row].finalize() }

    /// A column without values.
    package mutating func appendNulls() {
        for row in hashes.indices { hashes[row].appendNull() }
    }

    package mutating func append(booleans values: Span<UInt64>, validity: Span<UInt64>?) {
        var states = hashes.mutableSpan
        for row in states.indices {
            if isNull(row, validity) {
                states[row].appendNull()
            } else {
                states[row].append(bit(row, values))
            }
        }
    }

    package mutating func append(integers values: Span<Int64>, validity: Span<UInt64>?) {
        precondition(values.count == hashes.count, "a column has a value for each row")
        var states = hashes.mutableSpan
        for row in states.indices {
            if isNull(row, validity) {
                states[row].appendNull()
            } else {
                states[row].append(values[row])
            }
        }
    }

    package mutating func append(
        decimals values: Span<Int128>,
        scale: Int,
        validity: Span<UInt64>?
    ) {
        precondition(values.count == hashes.count, "a column has a value for each row")
        let scale = Int32(scale)
        var states = hashes.mutableSpan
        for row in states.indices {
            if isNull(row, validity) {
                states[row].appendNull()
            } else {
                states[row].append(CanonicalDecimal(unscaled: values[row], scale: scale))
            }
        }
    }

    package mutating func append(doubles values: Span<Double>, validity: Span<UInt64>?) {
        precondition(values.count == hashes.count, "a column has a value for each row")
        var states = hashes.mutableSpan
        for row in states.indices {
            if isNull(row, validity) {
                states[row].appendNull()
            } else {
                states[row].append(values[row])
            }
        }
    }

    /// FLOAT values, each stored as the `Double` that equals it.
    package mutating func append(floats values: Span<Double>, validity: Span<UInt64>?) {
        precondition(values.count == hashes.count, "a column has a value for each row")
        var states = hashes.mutableSpan
        for row in states.indices {
            if isNull(row, validity) {
                states[row].appendNull()
            } else {
                states[row].append(Float(values[row]))
            }
        }
    }

    /// Timestamps in microseconds since 1970.
    package mutating func append(timestamps values: Span<Int64>, validity: Span<UInt64>?) {
        precondition(values.count == hashes.count, "a column has a value for each row")
        var states = hashes.mutableSpan
        for row in states.indices {
            if isNull(row, validity) {
                states[row].appendNull()
            } else {
                let (seconds, rest) = RowEncoding.timestamp(microseconds: values[row])
                states[row].append(seconds: seconds, nanoseconds: rest)
            }
        }
    }

    /// Dates in days since 1970-01-01, each within 32 bits.
    package mutating func append(dates values: Span<Int64>, validity: Span<UInt64>?) {
        precondition(values.count == hashes.count, "a column has a value for each row")
        var states = hashes.mutableSpan
        for row in states.indices {
            if isNull(row, validity) {
                states[row].appendNull()
            } else {
                states[row].append(days: Int32(values[row]))
            }
        }
    }
}

extension RowDigests {
    /// Which of the two kinds of counted bytes a column holds.
    package enum Texts: Sendable {
        case text
        case bytes

        var tag: UInt8 { self == .text ? RowEncoding.text : RowEncoding.bytes }
    }

    /// Texts or byte strings in Arrow's layout: row `i` is `bytes[offsets[i]..<offsets[i + 1]]`.
    package mutating func append(
        _ kind: Texts,
        offsets: Span<Int32>,
        bytes: Span<UInt8>,
        validity: Span<UInt64>?
    ) {
        precondition(offsets.count == hashes.count + 1, "a column has a value for each row")
        let tag = kind.tag
        var states = hashes.mutableSpan
        for row in states.indices {
            if isNull(row, validity) {
                states[row].appendNull()
            } else {
                let range = Int(offsets[row])..<Int(offsets[row + 1])
                states[row].append(bytes.extracting(range), tag: tag)
            }
        }
    }

    /// Texts or byte strings as codes into a dictionary in Arrow's layout.
    package mutating func append(
        _ kind: Texts,
        codes: Span<Int32>,
        offsets: Span<Int32>,
        bytes: Span<UInt8>,
        validity: Span<UInt64>?
    ) {
        precondition(codes.count == hashes.count, "a column has a value for each row")
        let tag = kind.tag
        var states = hashes.mutableSpan
        for row in states.indices {
            if isNull(row, validity) {
                states[row].appendNull()
            } else {
                let code = Int(codes[row])
                let range = Int(offsets[code])..<Int(offsets[code + 1])
                states[row].append(bytes.extracting(range), tag: tag)
            }
        }
    }
}

@inline(__always)
private func bit(_ row: Int, _ words: Span<UInt64>) -> Bool {
    words[row &>> 6] & (1 &<< UInt64(row & 63)) != 0
}

@inline(__always)
private func isNull(_ row: Int, _ validity: Span<UInt64>?) -> Bool {
    guard let validity else { return false }
    return !bit(row, validity)
}
