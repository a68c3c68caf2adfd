internal import Columns
internal import Failures
internal import Files
internal import Flow
internal import SQLFront
internal import Synchronization
internal import TextFormats

/// One text file, or standard input: cut into chunks at record ends, each decoded by itself.
final class TextSplit: SplitReader {
    private let decoders: TextDecoderPool
    private let chunkSize: Int
    private let patience: Duration?
    private let open: () throws(Failure) -> any ByteSource
    private var reader: TextChunkReader?
    private var hasEnded = false

    /// - Parameters:
    ///   - decoders: of the split's source.
    ///   - chunkSize: bytes that are decoded as one piece.
    ///   - patience: how long whole rows may wait for more; nil is for ever.
    ///   - open: opens the text at the first claim, so that files waiting for their turn hold no descriptor.
    init(
        decoders: TextDecoderPool,
        chunkSize: Int,
        patience: Duration? = nil,
        open: @escaping () throws(Failure) -> any ByteSource
    ) {
        self.decoders = decoders
        self.chunkSize = chunkSize
        self.patience = patience
        self.open = open
    }

    func claim() throws(Failure) -> (any SplitPiece)? {
        guard !hasEnded else { return nil }
        let reader = try openReader()
        guard let chunk = try reader.next() else {
            hasEnded = true
            self.reader = nil
            return nil
        }
        return TextPiece(chunk: chunk, path: reader.name, decoders: decoders)
    }

    func skip(to place: SplitPlace) throws(Failure) {
        guard place.piece > 0 else { return }
        let source = try open()
        guard let file = source as? FileSource else {
            // Compressed bytes have no offsets, so the text before the place is read again.
            let reader = TextChunkReader(source: source, framing: decoders.framing)
            for _ in 0..<place.piece { _ = try reader.next() }
            self.reader = reader
            return
        }
        try file.seek(to: place.byteOffset)
        reader = TextChunkReader(
            source: file,
            framing: decoders.framing,
            firstIndex: place.piece,
            firstByteOffset: place.byteOffset
        )
    }

    private func openReader() throws(Failure) -> TextChunkReader {
        if let reader { return reader }
        let opened = TextChunkReader(
            source: try open(),
            framing: decoders.framing,
            chunkSize: chunkSize,
            patience: patience
        )
        reader = opened
        return opened
    }
}

/// A chunk of a text.
private struct TextPiece: SplitPiece {
    let chunk: TextChunk
    let path: String
    let decoders: TextDecoderPool

    func open() throws(Failure) -> any PieceDecoder { TextPieceDecoder(self) }

    var byteOffset: Int { chunk.byteOffset }
}

private final class TextPieceDecoder: PieceDecoder {
    private var piece: TextPiece?

    init(_ piece: TextPiece) { self.piece = piece }

    func next() throws(Failure) -> DecodedRows? {
        guard let piece else { return nil }
        self.piece = nil
        let decoded = piece.decoders.decode(piece.chunk)
        return DecodedRows(
            decoded,
            chunk: piece.chunk,
            path: piece.path,
            framing: piece.decoders.framing
        )
    }
}

/// Decoders of one source, kept between chunks because they learn the text's dictionaries.
final class TextDecoderPool: Sendable {
    let framing: TextChunkReader.Framing
    private let make: @Sendable () -> TextDecoder
    private let idle = Mutex<[Exclusive<TextDecoder>]>([])

    /// - Parameters:
    ///   - format: of the files.
    ///   - fields: all fields of the files, in their order.
    ///   - projection: indices of the fields to decode.
    init(format: TextFormat, fields: [Field], projection: [Int]) {
        switch format {
        case .csv(let csv):
            let options = CSVOptions(csv)
            framing = .csv(options)
            make = { .csv(CSVDecoder(fields: fields, projection: projection, options: options)) }
        case .json(let json):
            let options = JSONLinesOptions(json)
            framing = .lines
            make = {
                .json(JSONLinesDecoder(fields: fields, projection: projection, options: options))
            }
        }
    }

    func decode(_ chunk: TextChunk) -> DecodedChunk {
        let decoder = idle.withLock { $0.popLast() } ?? Exclusive(make())
        let decoded = decoder.withValue { $0.decode(chunk) }
        idle.withLock { $0.append(decoder) }
        return decoded
    }
}

/// A decoder of either line format.
enum TextDecoder {
    case csv(CSVDecoder)
    case json(JSONLinesDecoder)

    func decode(_ chunk: TextChunk) -> DecodedChunk {
        switch self {
        case .csv(let decoder): decoder.decode(chunk)
        case .json(let decoder): decoder.decode(chunk)
        }
    }
}

extension CSVOptions {
    init(_ format: CSVFormat) {
        self.init()
        delimiter = format.fieldDelimiter
        quote = format.quoteCharacter
        escape = format.escapeCharacter
        nullLiteral = format.nullLiteral
        allowsComments = format.allowsComments
        ignoresParseErrors = format.ignoresParseErrors
        hasHeader = format.hasHeader
    }
}

extension JSONLinesOptions {
    init(_ format: JSONFormat) {
        self.init()
        failsOnMissingField = format.failsOnMissingField
        ignoresParseErrors = format.ignoresParseErrors
        usesISO8601 = format.usesISO8601
    }
}

extension DecodedRows {
    /// A decoded chunk as the sequencer takes it.
    init(
        _ decoded: DecodedChunk,
        chunk: TextChunk,
        path: String,
        framing: TextChunkReader.Framing
    ) {
        let rejections = decoded.rejected.map { row in
            let failure = decoded.failure(for: row, path: path, linesBefore: 0)
            return Rejection(
                stage: .decode,
                code: failure.code,
                message: failure.problem,
                remedy: failure.remedy,
                position: FilePosition(
                    path: path,
                    byteOffset: row.byteOffset,
                    line: row.line + 1,
                    field: row.field.map { $0 + 1 }
                ),
                bytes: decoded.bytes(of: row),
                rowBefore: row.rowBefore
            )
        }
        self.init(
            batch: decoded.batch,
            rejections: rejections,
            recordCount: decoded.recordCount,
            lineCount: decoded.newlineCount,
            nulledFieldCount: decoded.nulledFieldCount,
            skippedRowCount: decoded.skippedRowCount,
            locator: TextLocator(
                chunk: chunk,
                path: path,
                framing: framing,
                rowsBeforeRejections: decoded.rejected.map(\.rowBefore),
                isExact: decoded.skippedRowCount == 0
            )
        )
    }
}
