internal import CArrow
internal import Columns
internal import Failures

extension ArrowImporter {
    func texts(_ array: ImportedColumn, _ isLarge: Bool) throws(Failure) -> TextValues {
        let none = TextValues(
            offsets: Buffer(repeating: 0, count: array.count + 1),
            bytes: Buffer([])
        )
        guard array.count > 0, let start = unsafe array.buffer(1) else { return none }
        // SAFETY: the interface promises `offset + count + 1` offsets, never decreasing; Arrow has validated them.
        let offsets: Buffer<Int32>
        if isLarge {
            let first = unsafe start.assumingMemoryBound(to: Int64.self) + array.offset
            let wide = unsafe Buffer(adopting: first, count: array.count + 1, owner: array.owner)
            offsets = try narrowed(wide)
        } else {
            let first = unsafe start.assumingMemoryBound(to: Int32.self) + array.offset
            offsets = unsafe Buffer(adopting: first, count: array.count + 1, owner: array.owner)
        }
        let byteCount = Int(offsets[array.count])
        guard byteCount > 0, let bytes = unsafe array.buffer(2) else { return none }
        let first = unsafe bytes.assumingMemoryBound(to: UInt8.self)
        return TextValues(
            offsets: offsets,
            bytes: unsafe Buffer(adopting: first, count: byteCount, owner: array.owner)
        )
    }

    private func narrowed(_ offsets: Buffer<Int64>) throws(Failure) -> Buffer<Int32> {
        guard offsets[offsets.count - 1] <= Int64(Int32.max) else { throw tooLarge() }
        let span = offsets.span
        return Buffer(capacity: span.count) { output in
            for index in span.indices { output.append(Int32(truncatingIfNeeded: span[index])) }
        }
    }

    func fixedBytes(_ array: ImportedColumn, _ size: Int) throws(Failure) -> TextValues {
        let byteCount = (array.offset + array.count) * size
        guard byteCount <= Int(Int32.max) else { throw tooLarge() }
        let offsets = Buffer<Int32>(capacity: array.count + 1) { output in
            for row in 0...array.count { output.append(Int32((array.offset + row) * size)) }
        }
        guard byteCount > 0, let start = unsafe array.buffer(1) else {
            return TextValues(
                offsets: Buffer(repeating: 0, count: array.count + 1),
                bytes: Buffer([])
            )
        }
        // SAFETY: the interface promises `offset + count` values of `size` bytes.
        let first = unsafe start.assumingMemoryBound(to: UInt8.self)
        let bytes = unsafe Buffer(adopting: first, count: byteCount, owner: array.owner)
        return TextValues(offsets: offsets, bytes: bytes)
    }

    private func tooLarge() -> Failure {
        Failure(
            "DECODE_PARQUET",
            blame: .data,
            "column \"\(field.name)\" of \(path) has more than 2 GiB in one batch",
            remedy: "read smaller batches"
        )
    }

    /// Whether both hold the same texts in the same order.
    static func areEqual(_ left: TextValues, _ right: TextValues) -> Bool {
        guard left.count == right.count else { return false }
        let leftOffsets = left.offsets.span
        let rightOffsets = right.offsets.span
        let leftStart = leftOffsets[0]
        let rightStart = rightOffsets[0]
        for row in 0...left.count
        where leftOffsets[row] - leftStart != rightOffsets[row] - rightStart { return false }
        let count = Int(leftOffsets[left.count] - leftStart)
        let leftBytes = left.bytes.span.extracting(Int(leftStart)..<Int(leftStart) + count)
        let rightBytes = right.bytes.span.extracting(Int(rightStart)..<Int(rightStart) + count)
        for index in 0..<count where leftBytes[index] != rightBytes[index] { return false }
        return true
    }
}
