import Failures
import Flow

/// A text in memory that arrives in pieces of a given size.
final class ArraySource: ByteSource {
    let name: String
    private let text: [UInt8]
    private let pieceSize: Int
    private var position = 0

    /// Bytes that were asked for so far.
    var readCount: Int { position }

    init(_ text: [UInt8], pieceSize: Int = 1 << 20, name: String = "test.csv") {
        self.text = text
        self.pieceSize = pieceSize
        self.name = name
    }

    func read(into output: inout OutputSpan<UInt8>) throws(Failure) {
        let count = min(pieceSize, text.count - position, output.freeCapacity)
        for index in position..<position + count { output.append(text[index]) }
        position += count
    }
}
