/// A regular expression as instructions of a non-deterministic machine (Thompson 1968, Pike).
struct PatternProgram: Sendable {
    /// Most instructions; counted repetitions multiply what they repeat.
    static let sizeLimit = 20_000

    enum Instruction: Sendable {
        case scalar(UInt32)
        /// Either of two letters that differ in case.
        case pair(UInt32, UInt32)
        /// Index into `classes`.
        case set(Int)
        case assertion(PatternAssertion)
        case save(Int)
        case jump(Int)
        /// Goes on at both; the first is preferred.
        case split(Int, Int)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var classes: [CharacterClass] = []

    init(_ node: PatternNode) throws(PatternError) {
        try emit(.save(0))
        try compile(node)
        try emit(.save(1))
        try emit(.match)
    }

    private mutating func emit(_ instruction: Instruction) throws(PatternError) {
        guard instructions.count < Self.sizeLimit else {
            throw PatternError("a pattern of more than \(Self.sizeLimit) steps", at: 0)
        }
        instructions.append(instruction)
    }

    private mutating func compile(_ node: PatternNode) throws(PatternError) {
        switch node {
        case .empty: break
        case .scalar(let scalar, let isCaseInsensitive):
            if isCaseInsensitive, let other = asciiOtherCase(scalar) {
                try emit(.pair(scalar, other))
            } else {
                try emit(.scalar(scalar))
            }
        case .set(let set):
            classes.append(set)
            try emit(.set(classes.count - 1))
        case .assertion(let assertion): try emit(.assertion(assertion))
        case .group(let inner, let index):
            if let index { try emit(.save(index * 2)) }
            try compile(inner)
            if let index { try emit(.save(index * 2 + 1)) }
        case .sequence(let parts):
            for part in parts { try compile(part) }
        case .alternation(let branches): try compile(alternatives: branches)
        case .repetition(let inner, let least, let most, let isLazy):
            for _ in 0..<least { try compile(inner) }
            if let most {
                try compile(optional: inner, count: most - least, isLazy: isLazy)
            } else {
                try compile(star: inner, isLazy: isLazy)
            }
        }
    }

    private mutating func compile(alternatives: [PatternNode]) throws(PatternError) {
        var jumps: [Int] = []
        for (number, branch) in alternatives.enumerated() {
            guard number < alternatives.count - 1 else {
                try compile(branch)
                break
            }
            let split = instructions.count
            try emit(.split(0, 0))
            try compile(branch)
            jumps.append(instructions.count)
            try emit(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func compile(star inner: PatternNode, isLazy: Bool) throws(PatternError) {
        let split = instructions.count
        try emit(.split(0, 0))
        try compile(inner)
        try emit(.jump(split))
        let end = instructions.count
        instructions[split] = isLazy ? .split(end, split + 1) : .split(split + 1, end)
    }

    /// `x?` nested `count` times, each inside the one before.
    private mutating func compile(
        optional inner: PatternNode,
        count: Int,
        isLazy: Bool
    ) throws(PatternError) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(instructions.count)
            try emit(.split(0, 0))
            try compile(inner)
        }
        let end = instructions.count
        for split in splits {
            instructions[split] = isLazy ? .split(end, split + 1) : .split(split + 1, end)
        }
    }
}
