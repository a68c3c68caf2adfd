/// Bounds on scripts, as stream SQL documents them; beyond each is an error, never a crash.
enum ScriptLimits {
    static let scriptBytes = 1 << 20
    static let statements = 1_000
    static let columns = 1_024
    /// Of parentheses, subqueries and operator chains alike.
    static let nesting = 256
    static let nameBytes = 128
    static let listValues = 10_000
    static let errors = 20
    /// Views on views.
    static let viewNesting = 64
    /// Operators of one job after views are put in.
    static let operators = 5_000
    /// Operators from a job's sink down to a source.
    static let planDepth = 512
    /// Windows that one row may belong to.
    static let panes: Int64 = 10_000
}
