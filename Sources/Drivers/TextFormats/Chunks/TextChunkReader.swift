internal import CKernels
package import Failures
package import Flow

/// Cuts a text into chunks that end where records end.
///
/// This is the one serial step of reading a text: it looks for quotes and the last record end only. A reader
/// has one caller at a time; the chunks that it gives may go to other threads.
package final class TextChunkReader {
    /// What ends a record.
    package enum Framing: Sendable {
        /// A newline outside quotes; the first record is skipped where the options say it is a header.
        case csv(CSVOptions)
        /// A newline.
        case lines
    }

    /// What the text is called in messages.
    package var name: String { source.name }

    private let source: any ByteSource
    private let framing: Framing
    private let chunkSize: Int
    private let rowLimit: Int
    /// How long whole records may wait for the memory to be full; nil is for ever.
    private let patience: Duration?
    private let pool: ChunkPool
    /// Memory whose first `filledCount` bytes continue the text after the last chunk.
    private var memory: ChunkMemory
    private var filledCount = 0
    /// Bytes that the memory is filled to; it may be larger, and where chunks end must not depend on that.
    private var fillLimit: Int
    private var isAtEnd = false
    private var nextIndex: Int
    private var nextByteOffset: Int

    /// Reads `source` in chunks of about `chunkSize` bytes, which stay in a processor's own cache.
    ///
    /// A record of more than `rowLimit` bytes, its newline not counted, is refused wherever chunks are cut. Where the source gives bytes as time passes, a chunk
    /// is cut `patience` after its first byte, or as soon as a record is whole then.
    /// A source that begins where another reader cut a chunk is cut as that reader would have gone on, given that
    /// chunk's number and offset.
    package init(
        source: any ByteSource,
        framing: Framing,
        chunkSize: Int = 256 << 10,
        rowLimit: Int = 16 << 20,
        patience: Duration? = nil,
        firstIndex: Int = 0,
        firstByteOffset: Int = 0
    ) {
        precondition(chunkSize > 0 && chunkSize <= 1 << 30, "a chunk has 1 byte to 1 GiB")
        precondition(rowLimit > 0 && rowLimit <= 1 << 30, "a row has 1 byte to 1 GiB")
        self.source = source
        self.framing = framing
        self.chunkSize = chunkSize
        self.rowLimit = rowLimit
        self.patience = patience
        pool = ChunkPool(limit: 64)
        memory = pool.take(capacity: chunkSize)
        fillLimit = chunkSize
        nextIndex = firstIndex
        nextByteOffset = firstByteOffset
    }

    /// The next chunk, or nil at the end of the text.
    ///
    /// Throws what the source throws, and `DECODE_CSV` or `DECODE_JSON` where a record is too long; its line is
    /// counted from the end of the last chunk, as those of rejected rows are from the beginning of theirs.
    package func next() throws(Failure) -> TextChunk? {
        while true {
            try fill()
            if filledCount == 0 { return nil }
            let end = isAtEnd ? filledCount : recordEnd()
            if end > 0 {
                // Only a chunk that is larger than a row may be can have one that is too long.
                if end > rowLimit { try checkRows(end) }
                return cut(at: end)
            }
            guard filledCount <= rowLimit else { throw rowTooLong(at: 0) }
            grow()
        }
    }

    /// Reads until the memory is full, the source ends, or whole records have waited long enough.
    private func fill() throws(Failure) {
        var begin = filledCount > 0 && patience != nil ? ContinuousClock.now : nil
        while !isAtEnd, filledCount < fillLimit {
            if let patience, let begin {
                let rest = patience - (ContinuousClock.now - begin)
                let isReady = source.isReady(within: max(rest, .zero))
                if !isReady || rest <= .zero, recordEnd() > 0 { return }
            }
            // SAFETY: the rest of the memory belongs to this reader alone; the span does not leave this scope.
            let rest = unsafe UnsafeMutableBufferPointer(
                start: memory.start + filledCount,
                count: fillLimit - filledCount
            )
            var output = unsafe OutputSpan(buffer: rest, initializedCount: 0)
            do throws(Failure) {
                try source.read(into: &output)
            } catch {
                _ = unsafe output.finalize(for: rest)
                throw error
            }
            let count = unsafe output.finalize(for: rest)
            filledCount += count
            isAtEnd = count == 0
            if patience != nil, begin == nil { begin = .now }
        }
    }

    private func recordEnd() -> Int {
        // SAFETY: `filledCount` bytes are initialized, and 64 more may be read.
        switch framing {
        case .csv(let options):
            unsafe ck_csv_record_end(
                options.instructions.kernel,
                memory.start,
                filledCount,
                options.kernelFormat
            )
        case .lines:
            unsafe ck_last_line_end(memory.start, filledCount)
        }
    }

    private func cut(at end: Int) -> TextChunk {
        let rest = filledCount - end
        fillLimit = max(chunkSize, rest)
        let next = pool.take(capacity: fillLimit)
        // SAFETY: `next` is this reader's own, and has room for the rest.
        unsafe next.start.update(from: memory.start + end, count: rest)
        let chunk = TextChunk(
            index: nextIndex,
            byteOffset: nextByteOffset,
            count: end,
            contentStart: nextIndex == 0 ? contentStart(count: end) : 0,
            memory: memory,
            pool: pool
        )
        memory = next
        filledCount = rest
        nextIndex += 1
        nextByteOffset += end
        return chunk
    }

    /// Where the first chunk's records begin: behind a byte order mark and a header.
    private func contentStart(count: Int) -> Int {
        // SAFETY: `count` bytes are initialized.
        let bytes = unsafe UnsafeBufferPointer(start: memory.start, count: count)
        let start = unsafe bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard case .csv(let options) = framing, options.hasHeader else { return start }
        let end = unsafe ck_csv_first_record_end(
            memory.start + start,
            count - start,
            options.kernelFormat
        )
        return end == 0 ? count : start + end
    }

    /// Walks the rows of a chunk that may have one past the limit.
    private func checkRows(_ count: Int) throws(Failure) {
        var start = 0
        while count - start > rowLimit {
            let end = rowEnd(from: start, count)
            guard end - start <= rowLimit else { throw rowTooLong(at: start) }
            start = end + 1
        }
    }

    /// Where the newline lies that ends the row at `start`; `count` where none does.
    private func rowEnd(from start: Int, _ count: Int) -> Int {
        // SAFETY: `count` bytes are initialized.
        switch framing {
        case .csv(let options):
            let size = unsafe ck_csv_first_record_end(
                memory.start + start,
                count - start,
                options.kernelFormat
            )
            return size == 0 ? count : start + size - 1
        case .lines:
            let bytes = unsafe UnsafeBufferPointer(start: memory.start, count: count)
            return unsafe bytes[start...].firstIndex(of: 0x0A) ?? count
        }
    }

    private func grow() {
        // One byte more than a row may have: its newline, or what makes it too long.
        fillLimit = min(fillLimit * 2, rowLimit + 1)
        let larger = pool.take(capacity: fillLimit)
        // SAFETY: both blocks are this reader's own, and the larger one has room.
        unsafe larger.start.update(from: memory.start, count: filledCount)
        pool.give(memory)
        memory = larger
    }

    /// Its line is counted from the next byte that would be given: whoever has the chunks knows the lines before.
    private func rowTooLong(at start: Int) -> Failure {
        // SAFETY: a row begins in the bytes that are initialized.
        let isCSV = if case .csv = framing { true } else { false }
        return Failure(
            isCSV ? "DECODE_CSV" : "DECODE_JSON",
            blame: .data,
            "a row has more than \(rowLimit) bytes",
            remedy: isCSV
                ? "look for a quote that is not closed, set csv.disable-quote-character, or split the row"
                : "check that the file has one object a line",
            at: .file(
                FilePosition(
                    path: name,
                    byteOffset: nextByteOffset + start,
                    line: unsafe ck_newline_count(memory.start, start) + 1
                )
            )
        )
    }
}
