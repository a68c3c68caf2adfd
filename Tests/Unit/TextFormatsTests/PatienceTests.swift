import Failures
import Flow
import TextFormats
import Testing

@Suite("Patience of chunks", .timeLimit(.minutes(1)))
struct PatienceTests {
    /// Texts that come one by one; between two of them nothing is there for a while.
    private final class SlowSource: ByteSource {
        let name = "slow"
        private var texts: [String]
        private var hasWaited = true

        init(_ texts: [String]) { self.texts = texts }

        func read(into output: inout OutputSpan<UInt8>) throws(Failure) {
            hasWaited = false
            guard !texts.isEmpty else { return }
            for byte in texts.removeFirst().utf8 { output.append(byte) }
        }

        func isReady(within time: Duration) -> Bool {
            defer { hasWaited = true }
            return hasWaited
        }
    }

    private func chunks(_ texts: [String], patience: Duration?) throws -> [Int] {
        let reader = TextChunkReader(
            source: SlowSource(texts),
            framing: .lines,
            patience: patience
        )
        var sizes: [Int] = []
        while let chunk = try reader.next() { sizes.append(chunk.count) }
        return sizes
    }

    @Test("whole records go on when a source gives no more for a while; others wait for their end")
    func whole() throws {
        let texts = ["one\n", "two\nth", "ree\n", "four"]
        #expect(try chunks(texts, patience: nil) == [18])
        #expect(try chunks(texts, patience: .seconds(60)) == [4, 4, 6, 4])
    }
}
