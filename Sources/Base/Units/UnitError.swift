/// A text that is no quantity of the wanted kind.
package struct UnitError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The whole text.
    package var text: String
    /// 1-based column of the first Unicode scalar that is wrong.
    package var column: Int
    /// What is wrong there, with the offending piece, as a clause: `"12q" has the unit "q"`.
    package var problem: String
    /// What would be right, as a clause: `write one of B, KiB, MiB`.
    package var remedy: String

    package init(_ text: String, column: Int, _ problem: String, remedy: String) {
        self.text = text
        self.column = column
        self.problem = problem
        self.remedy = remedy
    }

    package var description: String { "column \(column): \(problem); \(remedy)" }
}
