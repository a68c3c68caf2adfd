internal import Columns
internal import Scalars

extension CSVDecoder {
    /// The texts of one field; `hasQuotes` says whether any may still be quoted or escaped.
    func texts(_ run: FieldRun, hasQuotes: Bool, field: Int) -> TextValues {
        let isUsual = !hasQuotes && isValidUTF8 && !options.ignoresParseErrors
        return isUsual ? usualTexts(run) : carefulTexts(run, field: field, isBase64: false)
    }

    /// The texts of fields without quotes: first where each will lie, then the bytes.
    private func usualTexts(_ run: FieldRun) -> TextValues {
        let offsets = usualOffsets(run)
        let size = Int(offsets[run.count])
        // Short texts are copied 16 bytes at a time, so the last one needs room behind it.
        let bytes = Buffer<UInt8>(capacity: size + 16) { output in
            // SAFETY: each text is written where its offset says, so all of `0..<size` is; a chunk may be
            // read, and the buffer written, 16 bytes past a text's end.
            unsafe output.withUnsafeMutableBufferPointer { buffer, count in
                if let base = buffer.baseAddress {
                    unsafe copy(run, offsets, to: UnsafeMutableRawPointer(base))
                }
                count = size
            }
        }
        return TextValues(offsets: offsets, bytes: bytes)
    }

    private func usualOffsets(_ run: FieldRun) -> Buffer<Int32> {
        let nulls = self.nulls
        return Buffer<Int32>(capacity: run.count + 1) { output in
            // SAFETY: the loop writes all `run.count + 1` offsets.
            unsafe output.withUnsafeMutableBufferPointer { buffer, count in
                var offset: Int32 = 0
                for row in 0..<run.count {
                    unsafe buffer[row] = offset
                    let start = run.start(row)
                    let end = run.end(row, start: start)
                    if nulls.matches(run.bytes, start, end) {
                        scratch.setNull(row, rowCount: run.count)
                        continue
                    }
                    offset &+= Int32(truncatingIfNeeded: end &- start)
                }
                unsafe buffer[run.count] = offset
                count = run.count + 1
            }
        }
    }

    @unsafe private func copy(
        _ run: FieldRun,
        _ offsets: Buffer<Int32>,
        to output: UnsafeMutableRawPointer
    ) {
        let offsets = offsets.span
        let source = unsafe UnsafeRawPointer(run.bytes.start)
        for row in 0..<run.count {
            let offset = Int(offsets[row])
            let count = Int(offsets[row + 1]) &- offset
            let text = unsafe source + run.start(row)
            if count <= 16 {
                let block = unsafe text.loadUnaligned(as: SIMD16<UInt8>.self)
                unsafe output.storeBytes(of: block, toByteOffset: offset, as: SIMD16<UInt8>.self)
            } else {
                unsafe (output + offset).copyMemory(from: text, byteCount: count)
            }
        }
    }

    /// The texts of fields of any kind, one after the other; with `isBase64` the bytes that they encode.
    func carefulTexts(_ run: FieldRun, field: Int, isBase64: Bool) -> TextValues {
        var offsets: [Int32] = [0]
        offsets.reserveCapacity(run.count + 1)
        var bytes: [UInt8] = []
        let window = run.bytes
        for row in 0..<run.count {
            let start = run.start(row)
            let end = run.end(row, start: start)
            let content = unescaper.content(window, start, end, scratch: &scratch.text)
            let reason: RejectionReason?
            switch content {
            case .missing: reason = .missing
            case .bad(let found): reason = found
            case .plain(let range):
                reason = append(window.span(range), row, run.count, isBase64: isBase64, to: &bytes)
            case .unescaped:
                let text = scratch.text
                reason = append(text.span, row, run.count, isBase64: isBase64, to: &bytes)
            }
            if let reason { refuse(row, field: field, reason, rowCount: run.count) }
            offsets.append(Int32(truncatingIfNeeded: bytes.count))
        }
        return TextValues(offsets: Buffer(offsets), bytes: Buffer(bytes))
    }

    /// Appends a field's text, or makes it NULL, or says what is wrong with it.
    private func append(
        _ text: Span<UInt8>,
        _ row: Int,
        _ rowCount: Int,
        isBase64: Bool,
        to bytes: inout [UInt8]
    ) -> RejectionReason? {
        if nulls.matches(text) {
            scratch.setNull(row, rowCount: rowCount)
            return nil
        }
        if isBase64 { return Base64Text.append(decoding: text, to: &bytes) ? nil : .base64 }
        if !isValidUTF8, !UTF8Text.isValid(text) { return .encoding }
        // SAFETY: the bytes are read while the span is valid.
        unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        return nil
    }
}
