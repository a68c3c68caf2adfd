package import Failures

/// Bytes that arrive in order: a file, a decompressor around one, standard input, a text in memory.
///
/// A source has one reader at a time; it need not be safe to share.
package protocol ByteSource: AnyObject {
    /// What to call the source in messages: a path, or `stdin`.
    var name: String { get }

    /// Appends at least one byte and at most the free capacity of `output`; appends nothing only at the end.
    ///
    /// Blocks until bytes are there. `output` has room for at least one byte.
    func read(into output: inout OutputSpan<UInt8>) throws(Failure)

    /// Whether `read` would not block; waits so long for that at most.
    func isReady(within time: Duration) -> Bool
}

extension ByteSource {
    /// Sources that do not wait for others are always ready.
    package func isReady(within time: Duration) -> Bool { true }
}

/// Bytes that are written in order.
package protocol ByteSink: AnyObject {
    /// What to call the sink in messages.
    var name: String { get }

    /// Writes all bytes, or throws.
    func write(_ bytes: Span<UInt8>) throws(Failure)
}
