internal import Failures
internal import TextFormats

/// Finds accepted rows in their chunk by walking over its records again.
struct TextLocator: RowLocator {
    let chunk: TextChunk
    let path: String
    let framing: TextChunkReader.Framing
    /// For each rejected record how many accepted rows stand before it, ascending.
    let rowsBeforeRejections: [Int]
    /// False where a lenient format left out records that nobody counted by place.
    let isExact: Bool

    func position(of record: Int) -> FilePosition {
        guard isExact, let found = find(record) else {
            return FilePosition(path: path, byteOffset: chunk.byteOffset)
        }
        return FilePosition(
            path: path,
            byteOffset: chunk.byteOffset + found.bytes.lowerBound,
            line: found.linesBefore + 1
        )
    }

    func bytes(of record: Int) -> [UInt8] {
        guard isExact, let found = find(record) else { return [] }
        let bytes = chunk.bytes
        return [UInt8](capacity: found.bytes.count) { output in
            for index in found.bytes { output.append(bytes[index]) }
        }
    }

    /// Walks to the accepted row; O(chunk).
    private func find(_ record: Int) -> (bytes: Range<Int>, linesBefore: Int)? {
        var wanted = record + rowsBeforeRejections.prefix { $0 <= record }.count
        var walk = RecordWalk(framing: framing)
        let bytes = chunk.bytes
        var linesBefore = 0
        var start = 0
        while start < bytes.count {
            let (end, lines) = walk.end(of: bytes, from: start)
            if start >= chunk.contentStart, walk.isRecord(bytes, start, end) {
                if wanted == 0 { return (start..<walk.contentEnd(bytes, start, end), linesBefore) }
                wanted -= 1
            }
            linesBefore += lines
            start = end
        }
        return nil
    }
}

/// Where records end, one byte after the other: slow and obvious.
private struct RecordWalk {
    private let quote: UInt8?
    private let escape: UInt8?
    private let allowsComments: Bool

    init(framing: TextChunkReader.Framing) {
        switch framing {
        case .csv(let options):
            quote = options.quote
            escape = options.escape
            allowsComments = options.allowsComments
        case .lines:
            quote = nil
            escape = nil
            allowsComments = false
        }
    }

    /// Index behind the record's newline, and how many newlines it has.
    mutating func end(of bytes: Span<UInt8>, from start: Int) -> (end: Int, lines: Int) {
        var isQuoted = false
        var lines = 0
        var index = start
        let isComment = allowsComments && bytes[start] == 0x23
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == 0x0A {
                lines += 1
                if !isQuoted { return (index, lines) }
            } else if !isComment, let escape, byte == escape, escape != quote {
                index += 1
            } else if !isComment, byte == quote {
                isQuoted.toggle()
            }
        }
        return (bytes.count, lines)
    }

    /// Empty lines and comments are no records.
    func isRecord(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let last = contentEnd(bytes, start, end)
        return last > start && !(allowsComments && bytes[start] == 0x23)
    }

    /// The record's end without its line end.
    func contentEnd(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var end = end
        if end > start, bytes[end - 1] == 0x0A { end -= 1 }
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        return end
    }
}
