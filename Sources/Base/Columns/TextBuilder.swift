/// Texts under construction, one after another behind offsets.
///
/// Holds at most 2 GiB of bytes, as Arrow's utf8 layout does; callers limit their batches long before.
package struct TextBuilder: ~Copyable, Sendable {
    private var offsets: BufferBuilder<Int32>
    private var bytes: BufferBuilder<UInt8>

    /// - Parameters:
    ///   - capacity: rows that fit without growing.
    ///   - byteCapacity: bytes that fit without growing.
    package init(capacity: Int = 0, byteCapacity: Int = 0) {
        offsets = BufferBuilder(capacity: capacity + 1)
        bytes = BufferBuilder(capacity: byteCapacity)
        offsets.append(0)
    }

    /// Number of rows so far.
    package var count: Int { offsets.count - 1 }

    /// Bytes of all rows so far.
    package var byteCount: Int { bytes.count }

    /// Appends a row; text must be valid UTF-8.
    package mutating func append(_ text: Span<UInt8>) {
        bytes.append(copying: text)
        endRow()
    }

    package mutating func append(_ text: String) {
        bytes.append(copying: text.utf8Span.span)
        endRow()
    }

    /// Appends an empty row, as stands for NULL.
    package mutating func appendEmpty() { endRow() }

    /// Appends a part of the current row; `endRow` completes it.
    package mutating func appendPart(_ part: Span<UInt8>) { bytes.append(copying: part) }

    /// Appends one byte of the current row; `endRow` completes it.
    @inline(__always)
    package mutating func appendPart(_ byte: UInt8) { bytes.append(byte) }

    /// Completes the current row.
    package mutating func endRow() {
        precondition(bytes.count <= Int(Int32.max), "a text column holds at most 2 GiB")
        offsets.append(Int32(truncatingIfNeeded: bytes.count))
    }

    /// Appends all rows of `texts`.
    package mutating func append(copying texts: TextValues) {
        let source = texts.offsets.span
        let first = source[0]
        let last = source[texts.count]
        let shift = bytes.count - Int(first)
        precondition(
            shift + Int(last) <= Int(Int32.max),
            "a text column holds at most 2 GiB"
        )
        bytes.append(copying: texts.bytes.span.extracting(Int(first)..<Int(last)))
        offsets.append(upTo: texts.count) { output in
            for row in 0..<texts.count {
                output.append(Int32(truncatingIfNeeded: Int(source[row + 1]) &+ shift))
            }
        }
    }

    package consuming func finish() -> TextValues {
        TextValues(offsets: offsets.finish(), bytes: bytes.finish())
    }
}
