import Compression
import Failures
import Flow
import TestKit
import Testing

/// Bytes in memory as a source of pieces and as a sink.
private final class Bytes: ByteSource, ByteSink {
    let name = "data.zst"
    var bytes: [UInt8]
    private let pieceSize: Int
    private var position = 0

    init(_ bytes: [UInt8] = [], pieceSize: Int = 1 << 20) {
        self.bytes = bytes
        self.pieceSize = pieceSize
    }

    func read(into output: inout OutputSpan<UInt8>) throws(Failure) {
        let count = min(pieceSize, bytes.count - position, output.freeCapacity)
        for index in position..<position + count { output.append(bytes[index]) }
        position += count
    }

    func write(_ span: Span<UInt8>) throws(Failure) {
        for index in span.indices { bytes.append(span[index]) }
    }
}

@Suite("Compressed sources and sinks")
struct CompressionTests {
    private func compressed(
        _ text: [UInt8],
        _ format: CompressionFormat,
        pieceSize: Int = 1000
    ) throws -> [UInt8] {
        let target = Bytes()
        let sink = try CompressingSink(target, format: format)
        for start in stride(from: 0, to: text.count, by: pieceSize) {
            let piece = Array(text[start..<min(start + pieceSize, text.count)])
            try sink.write(piece.span)
        }
        try sink.finish()
        return target.bytes
    }

    private func decompressed(
        _ data: [UInt8],
        _ format: CompressionFormat,
        pieceSize: Int = 1 << 20,
        room: Int = 4096,
        windowLimit: Int = 128 << 20
    ) throws -> [UInt8] {
        let source = try DecompressingSource(
            Bytes(data, pieceSize: pieceSize),
            format: format,
            windowLimit: windowLimit
        )
        var text: [UInt8] = []
        var isAtEnd = false
        while !isAtEnd {
            let before = text.count
            try text.append(addingCapacity: room) { output throws(Failure) in
                try source.read(into: &output)
            }
            isAtEnd = text.count == before
        }
        return text
    }

    @Test("bytes come back, in any pieces", arguments: CompressionFormat.allCases)
    func roundTrip(format: CompressionFormat) {
        let texts = Gen<[UInt8]> { generator, size in
            (0..<size * size).map { _ in UInt8.random(in: 0..<8, using: &generator) }
        }
        checkProperty("\(format) round trip", texts, rounds: 60) { text in
            let data = try compressed(text, format)
            return try [1, 7, 1 << 20].allSatisfy { size in
                try decompressed(data, format, pieceSize: size, room: size) == text
            }
        }
    }

    @Test("members and frames may follow one another", arguments: CompressionFormat.allCases)
    func severalMembers(format: CompressionFormat) throws {
        let data =
            try compressed([1, 2], format) + compressed([], format) + compressed([3], format)
        for pieceSize in [1, 1000] {
            #expect(try decompressed(data, format, pieceSize: pieceSize) == [1, 2, 3])
        }
    }

    @Test(
        "a file without a byte is damaged, other than nothing that was compressed",
        arguments: CompressionFormat.allCases
    )
    func emptyFile(format: CompressionFormat) throws {
        let failure = #expect(throws: Failure.self) { _ = try decompressed([], format) }
        #expect(failure?.code == "IO_READ")
        #expect(failure?.problem.contains("data.zst cannot be read: the file is empty") == true)
        #expect(try decompressed(try compressed([], format), format) == [])
    }

    @Test("truncated data is refused wherever it ends", arguments: CompressionFormat.allCases)
    func truncated(format: CompressionFormat) throws {
        let data = try compressed([UInt8](repeating: 7, count: 300), format)
        for count in 1..<data.count {
            let failure = #expect(throws: Failure.self) {
                _ = try decompressed(Array(data[..<count]), format)
            }
            #expect(failure?.code == "IO_READ")
            #expect(failure?.position == .file(FilePosition(path: "data.zst", byteOffset: count)))
        }
    }

    @Test("damaged data is refused, never read wrongly", arguments: CompressionFormat.allCases)
    func damaged(format: CompressionFormat) throws {
        let text = (0..<2000).map { UInt8(truncatingIfNeeded: $0 * $0) }
        let data = try compressed(text, format)
        var refusedCount = 0
        for position in stride(from: 0, to: data.count, by: 7) {
            var bad = data
            bad[position] ^= 0x55
            do throws(any Error) {
                // Header fields such as a gzip member's date may change without harm.
                #expect(try decompressed(bad, format) == text)
            } catch let failure as Failure {
                #expect(failure.code == "IO_READ")
                refusedCount += 1
            }
        }
        #expect(refusedCount > data.count / 14)
        #expect(throws: Failure.self) { _ = try decompressed(data + [1, 2, 3, 4, 5], format) }
    }

    @Test("zeros may follow the last gzip member")
    func padding() throws {
        let data = try compressed([1, 2], .gzip) + [0, 0, 0]
        #expect(try decompressed(data, .gzip, pieceSize: 1) == [1, 2])
    }

    @Test("a window past the limit is refused")
    func windowLimit() throws {
        let text = [UInt8](repeating: 1, count: 3 << 20)
        let data = try compressed(text, .zstd, pieceSize: 1 << 16)
        let failure = #expect(throws: Failure.self) {
            _ = try decompressed(data, .zstd, windowLimit: 1 << 16)
        }
        #expect(failure?.problem.contains("more memory than allowed") == true)
        #expect(try decompressed(data, .zstd, room: 1 << 16).count == text.count)
    }

    @Test("the suffix names the format")
    func suffixes() {
        #expect(CompressionFormat(path: "a/b.csv.gz") == .gzip)
        #expect(CompressionFormat(path: "b.jsonl.zst") == .zstd)
        #expect(CompressionFormat(path: "b.csv") == nil)
    }
}
