internal import Columns

// The loops under all fixed-width kernels: one for each shape of the operands, without a choice per row.

/// `body` of each element.
@inline(__always)
func map<Element: BitwiseCopyable & Sendable, Result: BitwiseCopyable & Sendable>(
    _ source: Source<Element>,
    count: Int,
    _ body: (Element) -> Result
) -> Buffer<Result> {
    switch source {
    case .scalar(let element): return Buffer(repeating: body(element), count: count)
    case .vector(let buffer):
        let span = buffer.span
        precondition(span.count == count, "an operand of another length")
        return Buffer(capacity: count) { output in
            for row in 0..<count { output.append(body(span[row])) }
        }
    }
}

/// An operation on the elements of a row.
///
/// A type and not a closure, so that the compiler knows it wherever a loop ends up: a closure that is called
/// inside another one, as a buffer's builder is, stays a call for every row.
protocol RowOperation {
    associatedtype Left: BitwiseCopyable & Sendable
    associatedtype Right: BitwiseCopyable & Sendable
    associatedtype Result: BitwiseCopyable & Sendable

    /// Computes a result; may remember in `self` that something happened, such as an overflow.
    mutating func apply(_ left: Left, _ right: Right) -> Result
}

/// The operation of each pair of elements.
func map<Operation: RowOperation>(
    _ left: Source<Operation.Left>,
    _ right: Source<Operation.Right>,
    count: Int,
    _ operation: inout Operation
) -> Buffer<Operation.Result> {
    // Each loop works on a copy of the operation, which stays in registers.
    switch (left, right) {
    case (.scalar(let first), .scalar(let second)):
        return Buffer(repeating: operation.apply(first, second), count: count)
    case (.vector(let buffer), .scalar(let second)):
        let span = buffer.span
        precondition(span.count == count, "an operand of another length")
        return Buffer(capacity: count) { output in
            var own = operation
            for row in 0..<count { output.append(own.apply(span[row], second)) }
            operation = own
        }
    case (.scalar(let first), .vector(let buffer)):
        let span = buffer.span
        precondition(span.count == count, "an operand of another length")
        return Buffer(capacity: count) { output in
            var own = operation
            for row in 0..<count { output.append(own.apply(first, span[row])) }
            operation = own
        }
    case (.vector(let leftBuffer), .vector(let rightBuffer)):
        let leftSpan = leftBuffer.span
        let rightSpan = rightBuffer.span
        precondition(
            leftSpan.count == count && rightSpan.count == count,
            "operands of another length"
        )
        return Buffer(capacity: count) { output in
            var own = operation
            for row in 0..<count { output.append(own.apply(leftSpan[row], rightSpan[row])) }
            operation = own
        }
    }
}

/// A bit for each pair of elements for which the operation gives true.
func pack<Operation: RowOperation>(
    _ left: Source<Operation.Left>,
    _ right: Source<Operation.Right>,
    count: Int,
    _ operation: Operation
) -> Bitmap where Operation.Result == Bool {
    var own = operation
    var words = [UInt64](repeating: 0, count: (count + 63) >> 6)
    switch (left, right) {
    case (.scalar(let first), .scalar(let second)):
        return Bitmap(repeating: own.apply(first, second), count: count)
    case (.vector(let buffer), .scalar(let second)):
        let span = buffer.span
        precondition(span.count == count, "an operand of another length")
        for index in words.indices {
            let (base, last) = wordBounds(index, count)
            var word: UInt64 = 0
            var bit = last
            while bit >= 0 {
                word = (word &<< 1) | (own.apply(span[base &+ bit], second) ? 1 : 0)
                bit &-= 1
            }
            words[index] = word
        }
    case (.scalar(let first), .vector(let buffer)):
        let span = buffer.span
        precondition(span.count == count, "an operand of another length")
        for index in words.indices {
            let (base, last) = wordBounds(index, count)
            var word: UInt64 = 0
            var bit = last
            while bit >= 0 {
                word = (word &<< 1) | (own.apply(first, span[base &+ bit]) ? 1 : 0)
                bit &-= 1
            }
            words[index] = word
        }
    case (.vector(let leftBuffer), .vector(let rightBuffer)):
        let leftSpan = leftBuffer.span
        let rightSpan = rightBuffer.span
        precondition(
            leftSpan.count == count && rightSpan.count == count,
            "operands of another length"
        )
        for index in words.indices {
            let (base, last) = wordBounds(index, count)
            var word: UInt64 = 0
            var bit = last
            while bit >= 0 {
                let row = base &+ bit
                word = (word &<< 1) | (own.apply(leftSpan[row], rightSpan[row]) ? 1 : 0)
                bit &-= 1
            }
            words[index] = word
        }
    }
    return Bitmap(words: Buffer(words), count: count)
}

/// The first row of a bitmap's word, and its last bit: loops go from there down, so that each row shifts by
/// a constant.
@inline(__always)
private func wordBounds(_ index: Int, _ count: Int) -> (base: Int, last: Int) {
    (index &<< 6, min(count &- (index &<< 6), 64) &- 1)
}

/// `body` of each pair of elements, for operations that cost more than a call.
@inline(__always)
func map<
    First: BitwiseCopyable & Sendable,
    Second: BitwiseCopyable & Sendable,
    Result: BitwiseCopyable & Sendable
>(
    _ left: Source<First>,
    _ right: Source<Second>,
    count: Int,
    _ body: (First, Second) -> Result
) -> Buffer<Result> {
    Buffer(capacity: count) { output in
        for row in 0..<count { output.append(body(left[row], right[row])) }
    }
}

/// A bit for each row that passes `test`.
@inline(__always)
func pack(count: Int, _ test: (Int) -> Bool) -> Bitmap {
    var words = [UInt64](repeating: 0, count: (count + 63) >> 6)
    for index in words.indices {
        let base = index &<< 6
        var word: UInt64 = 0
        var bit = min(count &- base, 64) &- 1
        // From the last bit down, so that each row shifts by a constant.
        while bit >= 0 {
            word = (word &<< 1) | (test(base &+ bit) ? 1 : 0)
            bit &-= 1
        }
        words[index] = word
    }
    return Bitmap(words: Buffer(words), count: count)
}

/// A bit for each pair of elements that passes `test`, for tests that cost more than a call.
@inline(__always)
func pack<First: BitwiseCopyable & Sendable, Second: BitwiseCopyable & Sendable>(
    _ left: Source<First>,
    _ right: Source<Second>,
    count: Int,
    _ test: (First, Second) -> Bool
) -> Bitmap {
    pack(count: count) { test(left[$0], right[$0]) }
}

/// Elements of `taken` where the bit is set, else of `other`.
func blend<Element: BitwiseCopyable & Sendable>(
    _ mask: Bitmap,
    _ taken: Source<Element>,
    _ other: Source<Element>
) -> Buffer<Element> {
    let words = mask.words.span
    let count = mask.count
    switch (taken, other) {
    case (.scalar(let first), .scalar(let second)):
        return Buffer(capacity: count) { output in
            for row in 0..<count { output.append(bit(words, row) ? first : second) }
        }
    case (.vector(let buffer), .scalar(let second)):
        let span = buffer.span
        precondition(span.count == count, "an operand of another length")
        return Buffer(capacity: count) { output in
            for row in 0..<count { output.append(bit(words, row) ? span[row] : second) }
        }
    case (.scalar(let first), .vector(let buffer)):
        let span = buffer.span
        precondition(span.count == count, "an operand of another length")
        return Buffer(capacity: count) { output in
            for row in 0..<count { output.append(bit(words, row) ? first : span[row]) }
        }
    case (.vector(let leftBuffer), .vector(let rightBuffer)):
        let leftSpan = leftBuffer.span
        let rightSpan = rightBuffer.span
        precondition(
            leftSpan.count == count && rightSpan.count == count,
            "operands of another length"
        )
        return Buffer(capacity: count) { output in
            for row in 0..<count { output.append(bit(words, row) ? leftSpan[row] : rightSpan[row]) }
        }
    }
}

@inline(__always)
private func bit(_ words: Span<UInt64>, _ row: Int) -> Bool {
    words[row &>> 6] & (1 &<< UInt64(truncatingIfNeeded: row & 63)) != 0
}

/// Both validities together; nil where neither has a NULL.
func intersection(_ left: Bitmap?, _ right: Bitmap?) -> Bitmap? {
    guard let left else { return right }
    guard let right else { return left }
    return left & right
}

extension Bitmap {
    /// nil where every bit is set, as columns without NULLs have it.
    var asValidity: Bitmap? { setCount == count ? nil : self }

    /// Whether no bit is set.
    var isEmpty: Bool { setCount == 0 }
}
