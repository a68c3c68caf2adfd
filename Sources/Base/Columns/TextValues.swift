/// Texts or byte strings one after another behind offsets, in Arrow's layout.
///
/// Row `i` is `bytes[offsets[i]..<offsets[i + 1]]`; the first offset need not be 0. Text is valid UTF-8:
/// whoever builds a column checks it once.
package struct TextValues: Sendable {
    /// `count + 1` offsets into `bytes`, never decreasing.
    package let offsets: Buffer<Int32>
    package let bytes: Buffer<UInt8>

    @inlinable
    package init(offsets: Buffer<Int32>, bytes: Buffer<UInt8>) {
        precondition(offsets.count >= 1, "texts need one offset more than rows")
        self.offsets = offsets
        self.bytes = bytes
    }

    package init(_ texts: [String]) {
        var bytes: [UInt8] = []
        var offsets: [Int32] = [0]
        offsets.reserveCapacity(texts.count + 1)
        for text in texts {
            bytes.append(contentsOf: text.utf8)
            offsets.append(Int32(bytes.count))
        }
        self.init(offsets: Buffer(offsets), bytes: Buffer(bytes))
    }

    @inlinable package var count: Int { offsets.count - 1 }

    /// Where row `row` lies in `bytes`.
    @inlinable
    package func range(_ row: Int) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }

    /// The bytes of one row; allocates, so it serves messages and single rows, not loops over a batch.
    package func array(_ row: Int) -> [UInt8] {
        let range = range(row)
        let span = bytes.span
        return [UInt8](capacity: range.count) { output in
            for index in range { output.append(span[index]) }
        }
    }

    /// The text of one row, with U+FFFD for what is not UTF-8; allocates.
    package func string(_ row: Int) -> String { String(decoding: array(row), as: UTF8.self) }

    package func slice(_ range: Range<Int>) -> TextValues {
        TextValues(offsets: offsets.slice(range.lowerBound..<range.upperBound + 1), bytes: bytes)
    }
}

/// Distinct texts that the codes of dictionary columns point into.
///
/// A class, so that a consumer can remember what it worked out for each entry as long as batches share
/// the same dictionary object, or one that was extended from it.
package final class TextDictionary: Sendable {
    /// What dictionaries have in common that were extended from one another: equal codes mean equal texts.
    package final class Lineage: Sendable {}

    /// The entries; none is NULL.
    package let values: TextValues
    package let lineage: Lineage

    package init(_ values: TextValues) {
        self.values = values
        lineage = Lineage()
    }

    private init(_ values: TextValues, of lineage: Lineage) {
        self.values = values
        self.lineage = lineage
    }

    /// A dictionary in which every entry keeps its code and `texts` follow.
    ///
    /// A dictionary is extended once at most, so that all of a lineage agree.
    ///
    /// - Complexity: O(bytes of both).
    package func extended(by texts: TextValues) -> TextDictionary {
        var builder = TextBuilder(
            capacity: values.count + texts.count,
            byteCapacity: values.bytes.count + texts.bytes.count
        )
        builder.append(copying: values)
        builder.append(copying: texts)
        return TextDictionary(builder.finish(), of: lineage)
    }
}
