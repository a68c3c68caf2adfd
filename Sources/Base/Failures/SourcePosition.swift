/// A place in a text that a person wrote: a script, a plan, a configuration, an option's value.
package struct SourcePosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Path or title of the text (`flights.sql`, `--processor`); empty where there is only one.
    package var source: String
    /// 1-based line.
    package var line: Int
    /// 1-based column, counted in Unicode scalars.
    package var column: Int

    package init(source: String = "", line: Int, column: Int) {
        self.source = source
        self.line = line
        self.column = column
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.source, left.line, left.column) < (right.source, right.line, right.column)
    }

    /// `source:line:column`, or `line:column` without a source.
    package var description: String {
        source.isEmpty ? "\(line):\(column)" : "\(source):\(line):\(column)"
    }
}
