package import Failures
package import Flow

/// The bytes that another source holds compressed.
///
/// Gzip members and zstd frames may follow one another. Damaged, truncated, empty or too demanding input is
/// `IO_READ` with the source's name and the offset among the compressed bytes.
///
/// SAFETY: `input` is allocated in `init` and freed in `deinit`; its first `filledCount` bytes are initialized.
@safe
package final class DecompressingSource: ByteSource {
    /// Compressed bytes asked for at once.
    private static let inputSize = 128 << 10

    /// The name of the compressed source.
    package var name: String { source.name }

    private let source: any ByteSource
    private let format: CompressionFormat
    private let codec: any Codec
    private let input: UnsafeMutableBufferPointer<UInt8>
    private var takenCount = 0
    private var filledCount = 0
    /// Compressed bytes before `input`.
    private var offsetOfInput = 0
    private var isSourceAtEnd = false
    private var isAtBoundary = true

    /// Reads `source`, which holds `format`, with a window of at most `windowLimit` bytes.
    ///
    /// The default is what `zstd` itself allows; gzip's window is always 32 KiB.
    package init(
        _ source: any ByteSource,
        format: CompressionFormat,
        windowLimit: Int = 128 << 20
    ) throws(Failure) {
        self.source = source
        self.format = format
        let log = Int.bitWidth - 1 - max(windowLimit, 1).leadingZeroBitCount
        do throws(CodecError) {
            switch format {
            case .gzip: codec = try GzipDecoder()
            case .zstd: codec = try ZstdDecoder(windowLogMax: log)
            }
        } catch {
            throw Self.failure(error, format, name: source.name, offset: 0)
        }
        unsafe input = .allocate(capacity: Self.inputSize)
    }

    deinit { unsafe input.deallocate() }

    package func read(into output: inout OutputSpan<UInt8>) throws(Failure) {
        let before = output.count
        while output.count == before {
            if takenCount == filledCount { try fill() }
            if takenCount == filledCount, isSourceAtEnd, isAtBoundary {
                // Even nothing is a member or a frame once it is compressed.
                guard offsetOfInput + takenCount > 0 else {
                    throw failure(CodecError(reason: "the file is empty"))
                }
                return
            }
            let step = try step(into: &output)
            takenCount += step.consumedCount
            isAtBoundary = step.isAtBoundary
            let isStuck = step.consumedCount == 0 && step.producedCount == 0
            if isStuck, isSourceAtEnd, takenCount == filledCount, !isAtBoundary {
                throw failure(CodecError(reason: "the data ends in the middle"))
            }
        }
    }

    private func fill() throws(Failure) {
        guard !isSourceAtEnd else { return }
        offsetOfInput += filledCount
        takenCount = 0
        filledCount = 0
        var span = unsafe OutputSpan(buffer: input, initializedCount: 0)
        do throws(Failure) {
            try source.read(into: &span)
        } catch {
            _ = unsafe span.finalize(for: input)
            throw error
        }
        filledCount = unsafe span.finalize(for: input)
        isSourceAtEnd = filledCount == 0
    }

    private func step(into output: inout OutputSpan<UInt8>) throws(Failure) -> CodecStep {
        // SAFETY: the codec uses both buffers during the call only, and reports how much it initialized.
        let rest = unsafe UnsafeRawBufferPointer(
            UnsafeBufferPointer(rebasing: input[takenCount..<filledCount])
        )
        let isLast = isSourceAtEnd
        var outcome: Result<CodecStep, CodecError>?
        unsafe output.withUnsafeMutableBufferPointer { buffer, count in
            let room = unsafe UnsafeMutableRawBufferPointer(
                UnsafeMutableBufferPointer(rebasing: buffer[count...])
            )
            do throws(CodecError) {
                let step = try unsafe codec.step(rest, room, isLast: isLast)
                count += step.producedCount
                outcome = .success(step)
            } catch {
                outcome = .failure(error)
            }
        }
        switch outcome {
        case .success(let step): return step
        case .failure(let error): throw failure(error)
        case nil: preconditionFailure("the closure runs once")
        }
    }

    private func failure(_ error: CodecError) -> Failure {
        Self.failure(error, format, name: name, offset: offsetOfInput + takenCount)
    }

    private static func failure(
        _ error: CodecError,
        _ format: CompressionFormat,
        name: String,
        offset: Int
    ) -> Failure {
        Failure(
            "IO_READ",
            blame: error.isMemoryLimit ? .request : .data,
            error.isMemoryLimit
                ? "reading the \(format.rawValue) data of \(name) needs more memory than allowed"
                : "the \(format.rawValue) data of \(name) cannot be read: \(error.reason)",
            remedy: error.isMemoryLimit
                ? "compress it again with a smaller window, without --long"
                : "check the file with \(format.rawValue) -t, and fetch it again",
            at: .file(FilePosition(path: name, byteOffset: offset)),
            cause: error.isMemoryLimit ? error.reason : nil
        )
    }
}
