package import Failures
package import Flow

/// Compresses bytes on their way to another sink.
///
/// ``finish()`` writes what is left, and has to be called once; a sink that is dropped without it leaves a
/// truncated file, which readers refuse.
///
/// SAFETY: `output` is allocated in `init` and freed in `deinit`.
@safe
package final class CompressingSink: ByteSink {
    private static let outputSize = 128 << 10

    /// The name of the sink that gets the compressed bytes.
    package var name: String { sink.name }

    private let sink: any ByteSink
    private let codec: any Codec
    private let output: UnsafeMutableBufferPointer<UInt8>
    private var isFinished = false

    /// Writes `format` to `sink`; without a level, at the format's default.
    package init(
        _ sink: any ByteSink,
        format: CompressionFormat,
        level: Int? = nil
    ) throws(Failure) {
        self.sink = sink
        let level = level ?? format.defaultLevel
        do throws(CodecError) {
            switch format {
            case .gzip: codec = try GzipEncoder(level: level)
            case .zstd: codec = try ZstdEncoder(level: level)
            }
        } catch {
            throw Failure(
                "IO_WRITE",
                blame: .request,
                "\(sink.name) cannot be compressed with \(format.rawValue): \(error.reason)",
                remedy: "choose a level that \(format.rawValue) has, or free memory"
            )
        }
        unsafe output = .allocate(capacity: Self.outputSize)
    }

    deinit { unsafe output.deallocate() }

    package func write(_ bytes: Span<UInt8>) throws(Failure) {
        precondition(!isFinished, "nothing is written after the end")
        var rest = 0..<bytes.count
        while !rest.isEmpty {
            let step = try step(bytes.extracting(rest), isLast: false)
            rest = rest.lowerBound + step.consumedCount..<rest.upperBound
        }
    }

    /// Ends the compressed data; the other sink stays open.
    package func finish() throws(Failure) {
        precondition(!isFinished, "data ends once")
        isFinished = true
        let nothing = Span<UInt8>()
        while try !step(nothing, isLast: true).isAtBoundary {}
    }

    private func step(_ bytes: Span<UInt8>, isLast: Bool) throws(Failure) -> CodecStep {
        var outcome: Result<CodecStep, CodecError>?
        // SAFETY: the codec uses both buffers during the call only.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            do throws(CodecError) {
                let step = try unsafe codec.step(
                    UnsafeRawBufferPointer(buffer),
                    UnsafeMutableRawBufferPointer(output),
                    isLast: isLast
                )
                outcome = .success(step)
            } catch {
                outcome = .failure(error)
            }
        }
        switch outcome {
        case .success(let step):
            if step.producedCount > 0 {
                let produced = unsafe UnsafeBufferPointer(rebasing: output[..<step.producedCount])
                try sink.write(unsafe produced.span)
            }
            return step
        case .failure(let error):
            throw Failure(
                "IO_WRITE",
                blame: .outside,
                "\(name) cannot be compressed: \(error.reason)",
                remedy: "free memory, or write without compression"
            )
        case nil: preconditionFailure("the closure runs once")
        }
    }
}
