/// What a codec finds wrong with its input, in a library's words.
struct CodecError: Error {
    var reason: String
    /// Whether more memory than allowed would be needed.
    var isMemoryLimit = false
}

/// What one step did.
struct CodecStep {
    var consumedCount: Int
    var producedCount: Int
    /// Whether nothing is begun: a member or frame has just ended, or all of a stream was written.
    var isAtBoundary: Bool
}

/// One direction of one library.
///
/// Steps take what they can of the input, and fill what they can of the output.
protocol Codec: AnyObject {
    /// `isLast`: no input follows. SAFETY: both buffers are valid for the call only.
    @unsafe func step(
        _ input: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer,
        isLast: Bool
    ) throws(CodecError) -> CodecStep
}
