internal import CZlib

/// Bits of deflate's largest window, 32 KiB, plus 16: with gzip's header and checksum.
private let gzipWindowBits: Int32 = 15 + 16

/// Owns a zlib stream at a fixed address, which zlib's state points back to.
///
/// SAFETY: the pointer is allocated and zeroed here, and freed in `deinit` after the codec has ended it.
@safe
private final class StreamBox {
    let stream: UnsafeMutablePointer<z_stream>

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
    }

    deinit { unsafe stream.deallocate() }

    var message: String {
        guard let text = unsafe stream.pointee.msg else { return "the data is damaged" }
        return unsafe String(cString: text)
    }

    /// Points the stream at the buffers, runs `body`, and says how much of them it used.
    @unsafe func step(
        _ input: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer,
        _ body: (UnsafeMutablePointer<z_stream>) -> Int32
    ) -> (code: Int32, consumedCount: Int, producedCount: Int) {
        let inputCount = min(input.count, Int(UInt32.max))
        let outputCount = min(output.count, Int(UInt32.max))
        // zlib never writes through `next_in`; its declaration lacks the const.
        unsafe stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?
            .assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = UInt32(inputCount)
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(outputCount)
        let code = unsafe body(stream)
        return unsafe (
            code, inputCount - Int(stream.pointee.avail_in),
            outputCount - Int(stream.pointee.avail_out)
        )
    }
}

/// Reads gzip members one after the other, as `gzip -d` does; zeros may follow the last.
final class GzipDecoder: Codec {
    private let box = StreamBox()
    private var isAtBoundary = true
    private var hasMember = false
    private var isPadding = false

    init() throws(CodecError) {
        let code = unsafe cutover_inflate_init(box.stream, gzipWindowBits)
        guard code == Z_OK else { throw CodecError(reason: "no memory", isMemoryLimit: true) }
    }

    deinit { _ = unsafe inflateEnd(box.stream) }

    @unsafe func step(
        _ input: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer,
        isLast: Bool
    ) throws(CodecError) -> CodecStep {
        if isAtBoundary, hasMember, let first = unsafe input.first, first == 0 || isPadding {
            return try unsafe skipPadding(input)
        }
        if isAtBoundary, unsafe input.isEmpty {
            return CodecStep(consumedCount: 0, producedCount: 0, isAtBoundary: true)
        }
        let (code, consumed, produced) = unsafe box.step(input, output) { stream in
            unsafe inflate(stream, Z_NO_FLUSH)
        }
        switch code {
        case Z_STREAM_END:
            _ = unsafe inflateReset(box.stream)
            isAtBoundary = true
            hasMember = true
        case Z_OK, Z_BUF_ERROR: isAtBoundary = false
        default: throw CodecError(reason: box.message)
        }
        return CodecStep(
            consumedCount: consumed,
            producedCount: produced,
            isAtBoundary: isAtBoundary
        )
    }

    @unsafe private func skipPadding(_ input: UnsafeRawBufferPointer) throws(CodecError)
        -> CodecStep
    {
        isPadding = true
        guard unsafe input.allSatisfy({ $0 == 0 }) else {
            throw CodecError(reason: "bytes follow the padding behind the last member")
        }
        return CodecStep(consumedCount: input.count, producedCount: 0, isAtBoundary: true)
    }
}

/// Writes one gzip member.
final class GzipEncoder: Codec {
    private let box = StreamBox()

    init(level: Int) throws(CodecError) {
        let code = unsafe cutover_deflate_init(box.stream, Int32(level), gzipWindowBits)
        guard code == Z_OK else {
            throw CodecError(
                reason: "zlib refuses level \(level)",
                isMemoryLimit: code == Z_MEM_ERROR
            )
        }
    }

    deinit { _ = unsafe deflateEnd(box.stream) }

    @unsafe func step(
        _ input: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer,
        isLast: Bool
    ) throws(CodecError) -> CodecStep {
        let (code, consumed, produced) = unsafe box.step(input, output) { stream in
            unsafe deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        }
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
            throw CodecError(reason: box.message)
        }
        return CodecStep(
            consumedCount: consumed,
            producedCount: produced,
            isAtBoundary: code == Z_STREAM_END
        )
    }
}
