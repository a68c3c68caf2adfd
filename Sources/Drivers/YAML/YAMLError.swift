package import Failures

/// A text that is no YAML of the subset that is read.
package struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One clause with the offending value.
    package var problem: String
    /// One clause on what to do.
    package var remedy: String
    package var position: SourcePosition

    package init(_ problem: String, remedy: String, at position: SourcePosition) {
        self.problem = problem
        self.remedy = remedy
        self.position = position
    }

    /// The failure that crosses a module's boundary, under the code of the caller's family.
    package func failure(_ code: String) -> Failure {
        Failure(code, blame: .request, problem, remedy: remedy, at: .text(position))
    }

    package var description: String { "\(position): \(problem); \(remedy)" }
}
