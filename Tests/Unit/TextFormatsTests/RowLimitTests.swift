import Failures
import TextFormats
import Testing

@Suite("Limit of rows")
struct RowLimitTests {
    private static let limit = 1000

    private struct Outcome: Equatable {
        var lines = 0
        var failure: FilePosition?
    }

    /// Lines that went on, and where reading ended with a failure.
    private func read(
        _ text: [UInt8],
        _ framing: TextChunkReader.Framing,
        chunkSize: Int,
        pieceSize: Int
    ) throws -> Outcome {
        let reader = TextChunkReader(
            source: ArraySource(text, pieceSize: pieceSize),
            framing: framing,
            chunkSize: chunkSize,
            rowLimit: Self.limit
        )
        var outcome = Outcome()
        var lines = 0
        do throws(Failure) {
            while let chunk = try reader.next() {
                let bytes = chunk.bytes
                for index in bytes.indices where bytes[index] == 0x0A { lines += 1 }
            }
        } catch {
            guard case .file(let position)? = error.behind(lines: lines).position else {
                throw error
            }
            outcome.failure = position
        }
        outcome.lines = lines
        return outcome
    }

    /// Two short rows, one of `size` bytes, and a short one.
    private func text(_ size: Int, isQuoted: Bool, endsInNewline: Bool) -> [UInt8] {
        var row = [UInt8](repeating: 0x78, count: size)
        if isQuoted {
            row[0] = 0x22
            row[size / 2] = 0x0A
            row[size - 1] = 0x22
        }
        let tail = endsInNewline ? Array("\nd\n".utf8) : []
        return Array("a\nb\n".utf8) + row + tail
    }

    @Test(
        "a row may have as many bytes as the limit says and not one more, wherever chunks are cut",
        arguments: [1, 7, 16, 64, 999, 1000, 1001, 1002, 1500, 2000, 4096],
        [1, 100, 1 << 20]
    )
    func exactLimit(chunkSize: Int, pieceSize: Int) throws {
        for endsInNewline in [true, false] {
            for isQuoted in [true, false] {
                let framing: TextChunkReader.Framing = isQuoted ? .csv(CSVOptions()) : .lines
                let good = text(Self.limit, isQuoted: isQuoted, endsInNewline: endsInNewline)
                let accepted = try self.read(
                    good,
                    framing,
                    chunkSize: chunkSize,
                    pieceSize: pieceSize
                )
                #expect(accepted.failure == nil)
                #expect(accepted.lines == 2 + (isQuoted ? 1 : 0) + (endsInNewline ? 2 : 0))
                let bad = text(Self.limit + 1, isQuoted: isQuoted, endsInNewline: endsInNewline)
                let refused = try self.read(
                    bad,
                    framing,
                    chunkSize: chunkSize,
                    pieceSize: pieceSize
                )
                #expect(refused.failure?.byteOffset == 4)
                #expect(refused.failure?.line == 3)
            }
        }
    }

    @Test("a row far past the limit is not read to its end")
    func farPast() throws {
        let long = text(100 * Self.limit, isQuoted: false, endsInNewline: true)
        for framing in [TextChunkReader.Framing.lines, .csv(CSVOptions())] {
            let source = ArraySource(long)
            let reader = TextChunkReader(
                source: source,
                framing: framing,
                chunkSize: 16,
                rowLimit: Self.limit
            )
            #expect(try reader.next()?.count == 4)
            let failure = #expect(throws: Failure.self) { _ = try reader.next() }
            #expect(
                failure?.position == .file(FilePosition(path: "test.csv", byteOffset: 4, line: 1))
            )
            #expect(source.readCount < 2 * Self.limit)
        }
    }
}
