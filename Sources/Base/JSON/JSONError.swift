package import Failures

/// A text that is no JSON, or JSON of another shape than wanted.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One clause with the offending value.
    package var problem: String
    /// One clause on what to do.
    package var remedy: String
    /// Where; nil for a value that was made in memory.
    package var position: SourcePosition?

    package init(_ problem: String, remedy: String, at position: SourcePosition?) {
        self.problem = problem
        self.remedy = remedy
        self.position = position
    }

    /// The failure that crosses a module's boundary, under the code of the caller's family.
    package func failure(_ code: String, blame: Blame = .request) -> Failure {
        Failure(code, blame: blame, problem, remedy: remedy, at: position.map { .text($0) })
    }

    package var description: String {
        (position.map { "\($0): " } ?? "") + problem + "; " + remedy
    }
}
