internal import CZstd

/// Reads zstd frames one after the other.
///
/// SAFETY: `context` is created in `init`, used by one caller at a time and freed once, in `deinit`.
@safe
final class ZstdDecoder: Codec {
    private let context: OpaquePointer
    private var isAtBoundary = true

    /// Refuses frames whose window is larger than 2^`windowLogMax` bytes.
    init(windowLogMax: Int) throws(CodecError) {
        guard let created = unsafe ZSTD_createDCtx() else {
            throw CodecError(reason: "no memory", isMemoryLimit: true)
        }
        unsafe context = created
        let bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax)
        let wanted = min(max(Int32(windowLogMax), bounds.lowerBound), bounds.upperBound)
        _ = unsafe ZSTD_DCtx_setParameter(created, ZSTD_d_windowLogMax, wanted)
    }

    deinit { _ = unsafe ZSTD_freeDCtx(context) }

    @unsafe func step(
        _ input: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer,
        isLast: Bool
    ) throws(CodecError) -> CodecStep {
        if isAtBoundary, unsafe input.isEmpty {
            return CodecStep(consumedCount: 0, producedCount: 0, isAtBoundary: true)
        }
        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let code = unsafe ZSTD_decompressStream(context, &target, &source)
        guard ZSTD_isError(code) == 0 else {
            throw CodecError(
                reason: unsafe String(cString: ZSTD_getErrorName(code)),
                isMemoryLimit: ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge
            )
        }
        isAtBoundary = code == 0
        return unsafe CodecStep(
            consumedCount: source.pos,
            producedCount: target.pos,
            isAtBoundary: isAtBoundary
        )
    }
}

/// Writes one zstd frame with a checksum.
///
/// SAFETY: as ``ZstdDecoder``.
@safe
final class ZstdEncoder: Codec {
    private let context: OpaquePointer

    init(level: Int) throws(CodecError) {
        guard let created = unsafe ZSTD_createCCtx() else {
            throw CodecError(reason: "no memory", isMemoryLimit: true)
        }
        unsafe context = created
        let code = unsafe ZSTD_CCtx_setParameter(created, ZSTD_c_compressionLevel, Int32(level))
        guard ZSTD_isError(code) == 0 else {
            throw CodecError(reason: "zstd refuses level \(level)")
        }
        _ = unsafe ZSTD_CCtx_setParameter(created, ZSTD_c_checksumFlag, 1)
    }

    deinit { _ = unsafe ZSTD_freeCCtx(context) }

    @unsafe func step(
        _ input: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer,
        isLast: Bool
    ) throws(CodecError) -> CodecStep {
        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let code = unsafe ZSTD_compressStream2(
            context,
            &target,
            &source,
            isLast ? ZSTD_e_end : ZSTD_e_continue
        )
        guard ZSTD_isError(code) == 0 else {
            throw CodecError(reason: unsafe String(cString: ZSTD_getErrorName(code)))
        }
        return unsafe CodecStep(
            consumedCount: source.pos,
            producedCount: target.pos,
            isAtBoundary: isLast && code == 0
        )
    }
}
