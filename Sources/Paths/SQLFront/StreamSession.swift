internal import Columns

/// Statements that are given one after another: what earlier ones declared and set stays.
package final class StreamSession {
    private let context: BindingContext
    private let name: String

    /// A session without tables.
    ///
    /// - Parameters:
    ///   - source: title for positions, which count from the beginning of each text.
    ///   - name: of the jobs.
    package init(source: String, name: String) {
        context = BindingContext(source: source)
        self.name = name
    }

    /// Binds a text of any number of statements; one with failures leaves the session as it was.
    package func check(_ text: String) -> StreamScript.Report {
        let (tables, views, settings) = (context.tables, context.views, context.settings)
        var binder = ScriptBinder(context, options: .init(name: name))
        let report = binder.check(text)
        if !report.failures.isEmpty {
            context.tables = tables
            context.views = views
            context.settings = settings
        }
        context.broken = []
        return report
    }

    /// Tables and views, by name.
    package var relationNames: [String] { context.relationNames }

    /// Names of all columns.
    package var columnNames: [String] {
        Set(context.tables.values.flatMap { $0.columns.map(\.field.name) }).sorted()
    }
}

/// The words of the language, for completion and the reference.
package enum StreamWords {
    /// Scalar, aggregate and ranking functions.
    package static let functions: [String] =
        Set(FunctionCatalog.names).union(AggregateCatalog.rankings).sorted()

    /// Words that begin statements or stand in them.
    package static let keywords: [String] =
        Keywords.reserved.union(Keywords.statements).union(Keywords.clauses).sorted()
}

extension Job {
    /// The job with at most so many rows, where it is a SELECT that may have more.
    package func capped(at rowLimit: Int64) -> Job {
        guard case .result = sink, !plan.isLimited else { return self }
        var capped = self
        let sort = Sort(keys: [], offset: 0, limit: rowLimit)
        capped.plan = .sort(plan, sort, at: plan.position)
        return capped
    }
}

extension Plan {
    /// Of every table that is read, once for each time.
    var scannedConnectors: [Connector] {
        if case .scan(let scan) = operation { return [scan.table.connector] }
        return inputs.flatMap(\.scannedConnectors)
    }

    /// Whether the query says how many rows it wants, or can only have a few.
    fileprivate var isLimited: Bool {
        switch operation {
        case .sort(_, let sort): sort.limit != nil
        case .project(let input, _): input.isLimited
        case .values: true
        default: false
        }
    }
}
