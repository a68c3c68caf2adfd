internal import Columns

// The loops under all fixed-width kernels. They are inlined with their body into each kernel, so that a
// kernel is one tight loop per shape of its operands, without a choice per row.

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

/// `body` of each pair of elements.
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
    switch (left, right) {
    case (.scalar(let first), .scalar(let second)):
        return Buffer(repeating: body(first, second), count: count)
    case (.vector(let buffer), .scalar(let second)):
        let span = buffer.span
        precondition(span.count == count, "an operand of another length")
        return Buffer(capacity: count) { output in
            for row in 0..<count { output.append(body(span[row], second)) }
        }
    case (.scalar(let first), .vector(let buffer)):
        let span = buffer.span
        precondition(span.count == count, "an operand of another length")
        return Buffer(capacity: count) { output in
            for row in 0..<count { output.append(body(first, span[row])) }
        }
    case (.vector(let leftBuffer), .vector(let rightBuffer)):
        let leftSpan = leftBuffer.span
        let rightSpan = rightBuffer.span
        precondition(
            leftSpan.count == count && rightSpan.count == count,
            "operands of another length"
        )
        return Buffer(capacity: count) { output in
            for row in 0..<count { output.append(body(leftSpan[row], rightSpan[row])) }
        }
    }
}

/// A bit for each row that passes `test`.
@inline(__always)
func pack(count: Int, _ test: (Int) -> Bool) -> Bitmap {
    let words = Buffer<UInt64>(capacity: (count + 63) >> 6) { output in
        var base = 0
        while base < count {
            var word: UInt64 = 0
            var bit = min(count &- base, 64) &- 1
            // From the last bit down, so that each row shifts by a constant.
            while bit >= 0 {
                word = (word &<< 1) | (test(base &+ bit) ? 1 : 0)
                bit &-= 1
            }
            output.append(word)
            base &+= 64
        }
    }
    return Bitmap(words: words, count: count)
}

/// A bit for each pair of elements that passes `test`.
@inline(__always)
func pack<First: BitwiseCopyable & Sendable, Second: BitwiseCopyable & Sendable>(
    _ left: Source<First>,
    _ right: Source<Second>,
    count: Int,
    _ test: (First, Second) -> Bool
) -> Bitmap {
    switch (left, right) {
    case (.scalar(let first), .scalar(let second)):
        return Bitmap(repeating: test(first, second), count: count)
    case (.vector(let buffer), .scalar(let second)):
        let span = buffer.span
        precondition(span.count == count, "an operand of another length")
        return pack(count: count) { test(span[$0], second) }
    case (.scalar(let first), .vector(let buffer)):
        let span = buffer.span
        precondition(span.count == count, "an operand of another length")
        return pack(count: count) { test(first, span[$0]) }
    case (.vector(let leftBuffer), .vector(let rightBuffer)):
        let leftSpan = leftBuffer.span
        let rightSpan = rightBuffer.span
        precondition(
            leftSpan.count == count && rightSpan.count == count,
            "operands of another length"
        )
        return pack(count: count) { test(leftSpan[$0], rightSpan[$0]) }
    }
}

/// Elements of `taken` where the bit is set, else of `other`.
@inline(__always)
func blend<Element: BitwiseCopyable & Sendable>(
    _ mask: Bitmap,
    _ taken: Source<Element>,
    _ other: Source<Element>
) -> Buffer<Element> {
    let words = mask.words.span
    let count = mask.count
    return Buffer(capacity: count) { output in
        for row in 0..<count {
            let isTaken = words[row >> 6] & (1 &<< UInt64(truncatingIfNeeded: row & 63)) != 0
            output.append(isTaken ? taken[row] : other[row])
        }
    }
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
