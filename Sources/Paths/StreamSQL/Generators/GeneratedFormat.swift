/// The formats in which generated tables are written.
package enum GeneratedFormat: String, Sendable, Hashable, CaseIterable {
    /// Without a header.
    case csv
    /// One JSON object a line.
    case json
    case parquet

    /// What the names of files end in.
    package var suffix: String {
        switch self {
        case .csv: "csv"
        case .json: "jsonl"
        case .parquet: "parquet"
        }
    }
}

/// How generated tables are written.
package struct GeneratorOptions: Sendable {
    package var formats: Set<GeneratedFormat>
    /// Threads that make rows, 1...; the bytes do not depend on it.
    package var threads: Int

    package init(formats: Set<GeneratedFormat> = [.csv], threads: Int) {
        precondition(threads > 0 && !formats.isEmpty, "somebody writes something")
        self.formats = formats
        self.threads = threads
    }
}

/// How far a generator is, over all its tables.
package struct GeneratorProgress: Hashable, Sendable {
    package var rowsDone: Int
    package var rowsInAll: Int

    package init(rowsDone: Int, rowsInAll: Int) {
        self.rowsDone = rowsDone
        self.rowsInAll = rowsInAll
    }
}

/// What a generator wrote.
package struct GeneratorReport: Hashable, Sendable {
    package struct File: Hashable, Sendable {
        package var path: String
        package var table: String
        package var format: GeneratedFormat
        package var rowCount: Int
        package var byteCount: Int
    }

    package var files: [File]
}
