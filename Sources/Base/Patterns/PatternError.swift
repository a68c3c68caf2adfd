/// Why a text is no pattern.
package struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, as a phrase: `a back-reference`, `an open group`.
    package var problem: String
    /// 0-based index of the Unicode scalar in the pattern at which it was seen.
    package var offset: Int

    package init(_ problem: String, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    package var description: String { "\(problem) at character \(offset + 1)" }
}
