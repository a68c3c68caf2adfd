/// Searches texts for a pattern; keeps its working memory from one search to the next.
///
/// Runs all ways through the program side by side, in the order in which a backtracking matcher would try
/// them (Pike's machine), so a search costs O(text × instructions) whatever the pattern.
package struct PatternMatcher {
    private let pattern: Pattern
    private var current: ThreadList
    private var following: ThreadList
    private var pending: [Step] = []
    /// Slots of the thread that is being followed.
    private var working: [Int]
    /// Bounds of the best match so far: start and end of the whole and of each group; -1 where there is none.
    private var best: [Int]
    /// How many slots a search keeps: none, those of the whole match, or all.
    private var slotCount = 0

    package init(_ pattern: Pattern) {
        self.pattern = pattern
        let size = pattern.program.instructions.count
        current = ThreadList(size)
        following = ThreadList(size)
        working = [Int](repeating: -1, count: (pattern.groupCount + 1) * 2)
        best = working
    }

    /// Whether the pattern matches anywhere in `text`.
    package mutating func matches(in text: Span<UInt8>) -> Bool {
        if pattern.isLiteral { return firstIndex(of: pattern.prefix.span, in: text) != nil }
        slotCount = 0
        return search(text, from: 0)
    }

    /// The first match at or after `start`, a scalar's place in `text`; nil without a match.
    package mutating func firstRange(in text: Span<UInt8>, from start: Int = 0) -> Range<Int>? {
        if pattern.isLiteral {
            return firstIndex(of: pattern.prefix.span, in: text, from: start)
                .map { $0..<$0 + pattern.prefix.count }
        }
        slotCount = 2
        return search(text, from: start) ? best[0]..<best[1] : nil
    }

    /// The place of a group (0 is the whole) in the first match.
    ///
    /// nil without a match, where the group took no part in it, and where the pattern has no such group.
    package mutating func firstRange(ofGroup group: Int, in text: Span<UInt8>) -> Range<Int>? {
        if group == 0 { return firstRange(in: text) }
        guard group > 0, group <= pattern.groupCount else { return nil }
        slotCount = best.count
        guard search(text, from: 0) else { return nil }
        let (start, end) = (best[group * 2], best[group * 2 + 1])
        return start >= 0 && end >= start ? start..<end : nil
    }

    private mutating func search(_ text: Span<UInt8>, from start: Int) -> Bool {
        current.clear()
        following.clear()
        var isMatched = false
        var index = start
        while true {
            if current.count == 0 {
                if isMatched || (pattern.isAnchored && index > 0) { return isMatched }
                guard let candidate = nextCandidate(text, from: index) else { return false }
                index = candidate
            }
            if !isMatched, !pattern.isAnchored || index == 0 {
                for slot in 0..<slotCount { working[slot] = -1 }
                add(0, isFollowing: false, text, index)
            }
            var scalar = noScalar
            var next = index
            if index < text.count { (scalar, next) = decodeScalar(text, at: index) }
            if step(over: scalar, text, next) {
                isMatched = true
                if slotCount == 0 { return true }
            }
            swap(&current, &following)
            following.clear()
            if index >= text.count { return isMatched }
            index = next
        }
    }

    /// The next place where a match may begin.
    private func nextCandidate(_ text: Span<UInt8>, from index: Int) -> Int? {
        guard !pattern.prefix.isEmpty, !pattern.isAnchored else { return index }
        return firstIndex(of: pattern.prefix.span, in: text, from: index)
    }

    /// Moves every thread over `scalar`; true where a thread has matched, which ends those after it.
    private mutating func step(over scalar: UInt32, _ text: Span<UInt8>, _ next: Int) -> Bool {
        for position in 0..<current.count {
            let instruction = current.instruction(position)
            let isAccepted: Bool
            switch pattern.program.instructions[instruction] {
            case .match:
                current.copySlots(of: position, to: &best, count: slotCount)
                return true
            case .scalar(let wanted): isAccepted = scalar == wanted
            case .pair(let first, let second): isAccepted = scalar == first || scalar == second
            case .set(let set):
                isAccepted = scalar != noScalar && pattern.program.classes[set].contains(scalar)
            default: isAccepted = false
            }
            guard isAccepted else { continue }
            current.copySlots(of: position, to: &working, count: slotCount)
            add(instruction + 1, isFollowing: true, text, next)
        }
        return false
    }

    /// Adds the threads that `start` leads to without consuming anything, the preferred ones first.
    private mutating func add(
        _ start: Int,
        isFollowing: Bool,
        _ text: Span<UInt8>,
        _ index: Int
    ) {
        pending.append(.goOn(start))
        while let step = pending.popLast() {
            switch step {
            case .restore(let slot, let value): working[slot] = value
            case .goOn(let instruction):
                follow(instruction, isFollowing: isFollowing, text, index)
            }
        }
    }

    private mutating func follow(
        _ start: Int,
        isFollowing: Bool,
        _ text: Span<UInt8>,
        _ index: Int
    ) {
        var instruction = start
        while mark(instruction, isFollowing: isFollowing) {
            switch pattern.program.instructions[instruction] {
            case .jump(let target): instruction = target
            case .split(let preferred, let other):
                pending.append(.goOn(other))
                instruction = preferred
            case .save(let slot):
                if slot < slotCount {
                    pending.append(.restore(slot: slot, value: working[slot]))
                    working[slot] = index
                }
                instruction += 1
            case .assertion(let assertion):
                guard holds(assertion, text, index) else { return }
                instruction += 1
            default:
                if isFollowing {
                    following.append(instruction, working, count: slotCount)
                } else {
                    current.append(instruction, working, count: slotCount)
                }
                return
            }
        }
    }

    /// False where the instruction was reached before, by a preferred way.
    private mutating func mark(_ instruction: Int, isFollowing: Bool) -> Bool {
        isFollowing ? following.mark(instruction) : current.mark(instruction)
    }

    /// What remains to be done when the preferred way is done.
    private enum Step {
        case goOn(Int)
        case restore(slot: Int, value: Int)
    }
}

/// Stands for the end of the text; no Unicode scalar.
private let noScalar = UInt32.max

/// Places in the program that are reached at one place of the text, the preferred ones first.
private struct ThreadList {
    private var instructions: [Int] = []
    private var slots: [Int] = []
    private var slotCount = 0
    /// The generation in which each instruction was reached last.
    private var marks: [Int]
    private var generation = 1

    init(_ size: Int) { marks = [Int](repeating: 0, count: size) }

    var count: Int { instructions.count }

    func instruction(_ position: Int) -> Int { instructions[position] }

    mutating func clear() {
        instructions.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        generation &+= 1
    }

    mutating func mark(_ instruction: Int) -> Bool {
        guard marks[instruction] != generation else { return false }
        marks[instruction] = generation
        return true
    }

    mutating func append(_ instruction: Int, _ values: [Int], count: Int) {
        instructions.append(instruction)
        slotCount = count
        for slot in 0..<count { slots.append(values[slot]) }
    }

    func copySlots(of position: Int, to target: inout [Int], count: Int) {
        for slot in 0..<count { target[slot] = slots[position * slotCount + slot] }
    }
}

/// Whether a condition holds between the bytes before and after `index`.
private func holds(_ assertion: PatternAssertion, _ text: Span<UInt8>, _ index: Int) -> Bool {
    switch assertion {
    case .textStart: return index == 0
    case .absoluteEnd: return index == text.count
    case .textEnd: return index == text.count || isLastTerminator(text, index)
    case .lineStart:
        guard index > 0 else { return true }
        // Java: not after a terminator that ends the text, nor between CR and LF.
        guard index < text.count else { return false }
        let before = decodeScalar(text, before: index)
        if before == 0x0D, text[index] == 0x0A { return false }
        return isLineTerminator(before)
    case .lineEnd:
        guard index < text.count else { return true }
        let after = decodeScalar(text, at: index).scalar
        if after == 0x0A, index > 0, text[index - 1] == 0x0D { return false }
        return isLineTerminator(after)
    case .wordBoundary, .noWordBoundary:
        let before = index > 0 && isWord(decodeScalar(text, before: index))
        let after = index < text.count && isWord(decodeScalar(text, at: index).scalar)
        return (before != after) == (assertion == .wordBoundary)
    }
}

/// Whether all that is left is one line terminator.
private func isLastTerminator(_ text: Span<UInt8>, _ index: Int) -> Bool {
    guard text.count - index <= 3 else { return false }
    let (scalar, next) = decodeScalar(text, at: index)
    if scalar == 0x0D, next + 1 == text.count { return text[next] == 0x0A }
    if scalar == 0x0A, index > 0, text[index - 1] == 0x0D { return false }
    return next == text.count && isLineTerminator(scalar)
}

private func isLineTerminator(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
}

/// ASCII letters, digits and the underscore, as `\w`.
private func isWord(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
    default: false
    }
}
