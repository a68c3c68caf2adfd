extension Buffer {
    /// The elements at the selected positions.
    @inlinable @inline(__always)
    package func gathered(by selection: Selection) -> Buffer {
        precondition(selection.bound <= count, "a selected row is outside the column")
        let rows = selection.rows
        let total = rows.count
        let memory = Memory(byteCount: total * MemoryLayout<Element>.stride)
        // SAFETY: rows are 0..<bound <= count, and the target has room for every one of them.
        let target = unsafe memory.start.bindMemory(to: Element.self, capacity: total)
        let row = unsafe rows.first
        for index in 0..<total {
            unsafe target[index] = first[Int(row[index])]
        }
        return unsafe Buffer(memory: memory, first: UnsafePointer(target), count: total)
    }
}

extension Buffer<Int32> {
    /// The elements, with 0 in the place of those whose bit is clear.
    func zeroing(where validity: Bitmap) -> Buffer {
        precondition(validity.count == count, "validity of another length")
        let words = validity.words.span
        let source = span
        return Buffer(capacity: count) { output in
            for index in source.indices {
                let bit = Int32(truncatingIfNeeded: words[index >> 6] &>> UInt64(index & 63)) & 1
                output.append(source[index] & -bit)
            }
        }
    }
}

extension Bitmap {
    /// The bits at the selected positions.
    func gathered(by selection: Selection) -> Bitmap {
        precondition(selection.bound <= count, "a selected row is outside the column")
        let rows = selection.rows.span
        let source = words.span
        let total = rows.count
        let gathered = Buffer<UInt64>(capacity: (total + 63) >> 6) { output in
            var index = 0
            while index < total {
                let end = min(index + 64, total)
                var word: UInt64 = 0
                var bit: UInt64 = 0
                while index < end {
                    let row = Int(rows[index])
                    word |= ((source[row >> 6] &>> UInt64(row & 63)) & 1) &<< bit
                    bit &+= 1
                    index &+= 1
                }
                output.append(word)
            }
        }
        return Bitmap(words: gathered, count: total)
    }
}

extension TextValues {
    /// The texts at the selected rows.
    func gathered(by selection: Selection) -> TextValues {
        precondition(selection.bound <= count, "a selected row is outside the column")
        let rows = selection.rows
        let total = rows.count
        let offsetMemory = Memory(byteCount: (total + 1) * MemoryLayout<Int32>.stride)
        // SAFETY: rows are 0..<bound <= count, so `row + 1` is an offset too; the targets have room
        // for `total + 1` offsets and for the sum of the lengths.
        let target = unsafe offsetMemory.start.bindMemory(to: Int32.self, capacity: total + 1)
        let row = unsafe rows.first
        let source = unsafe offsets.first
        var byteCount = 0
        unsafe target[0] = 0
        for index in 0..<total {
            let position = unsafe Int(row[index])
            byteCount &+= unsafe Int(source[position &+ 1] &- source[position])
            unsafe target[index &+ 1] = Int32(truncatingIfNeeded: byteCount)
        }
        precondition(byteCount <= Int(Int32.max), "a text column holds at most 2 GiB")
        let gathered = unsafe gatheredBytes(rows, target: target, byteCount: byteCount)
        return unsafe TextValues(
            offsets: Buffer(
                memory: offsetMemory,
                first: UnsafePointer(target),
                count: total + 1
            ),
            bytes: gathered
        )
    }

    /// Copies the selected texts to where `target` says.
    private func gatheredBytes(
        _ rows: Buffer<Int32>,
        target: UnsafePointer<Int32>,
        byteCount: Int
    ) -> Buffer<UInt8> {
        // Sixteen bytes more than asked for, so that short texts can be copied as one vector.
        let memory = Memory(byteCount: byteCount + 16)
        let output = unsafe memory.start
        let row = unsafe rows.first
        let source = unsafe offsets.first
        let input = unsafe UnsafeRawPointer(bytes.first)
        let lastVector = bytes.count - 16
        for index in 0..<rows.count {
            let position = unsafe Int(row[index])
            let from = unsafe Int(source[position])
            let length = unsafe Int(source[position &+ 1]) &- from
            let to = unsafe output + Int(target[index])
            if length <= 16, from <= lastVector {
                let vector = unsafe input.loadUnaligned(
                    fromByteOffset: from,
                    as: SIMD16<UInt8>.self
                )
                unsafe to.storeBytes(of: vector, as: SIMD16<UInt8>.self)
            } else {
                unsafe to.copyMemory(from: input + from, byteCount: length)
            }
        }
        let first = unsafe output.bindMemory(to: UInt8.self, capacity: byteCount)
        return unsafe Buffer(memory: memory, first: UnsafePointer(first), count: byteCount)
    }
}
