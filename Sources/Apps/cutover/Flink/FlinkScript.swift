internal import Columns
internal import Failures
internal import Files
internal import Foundation
internal import SQLFront

/// A script as it is handed to Flink: its statements, each job writing into a folder of its own.
struct FlinkScript: Sendable {
    /// One job of the script.
    struct Target: Sendable {
        let job: Job
        /// Place of the job's statement in `texts`.
        let statement: Int
        /// Where Flink writes the job's rows; nil where they cannot be read back.
        let folder: String?
        /// The table behind `folder`, as Cutover reads it back.
        let declaration: String
    }

    private(set) var texts: [String] = []
    private(set) var targets: [Target] = []
    /// Places of `texts` in the script.
    private(set) var positions: [SourcePosition] = []

    /// - Parameters:
    ///   - script: without failures.
    ///   - directory: where the script's relative paths start.
    ///   - settles: whether the processor string names a parallelism, which then wins over the script's.
    ///   - isJSON: whether sinks are replaced by files of JSON lines, whatever their format.
    ///   - folder: where a job's rows go; nil leaves a sink that holds no files as it is.
    init(
        _ script: ScriptFile,
        directory: String,
        settles: Bool,
        isJSON: Bool,
        folder: (Job) -> String?
    ) {
        let statements = StatementText.all(of: script.text)
        let root = Self.absolute(directory)
        var tables: [String: StatementText] = [:]
        var jobs = script.jobs[...]
        for statement in statements {
            switch statement.kind {
            case .createTable(let name):
                tables[name] = statement
                let path = statement.options.first { $0.key == "path" }?.value
                let text = path.map { statement.replacingPath(Self.resolved($0, root)) }
                append(text ?? statement.text, statement)
            case .explain: jobs.removeFirst()
            case .set(key: "parallelism.default") where settles: break
            case .insert, .query:
                guard let job = jobs.popFirst() else { continue }
                add(job, statement, tables, isJSON: isJSON, folder: folder(job))
            case .set, .other: append(statement.text, statement)
            }
        }
    }

    private mutating func append(_ text: String, _ statement: StatementText) {
        texts.append(text)
        positions.append(statement.position)
    }

    private mutating func add(
        _ job: Job,
        _ statement: StatementText,
        _ tables: [String: StatementText],
        isJSON: Bool,
        folder: String?
    ) {
        guard let folder else {
            targets.append(
                Target(job: job, statement: texts.count, folder: nil, declaration: "")
            )
            return append(statement.text, statement)
        }
        let name = "cutover_rows_\(targets.count + 1)"
        let fields = job.sinkTable?.physicalFields ?? Self.distinct(job.plan.schema.fields)
        var options: [(key: String, value: String)] = [
            ("connector", "filesystem"), ("path", folder), ("format", "json"),
            ("json.encode.decimal-as-plain-number", "true"),
        ]
        if !isJSON, let table = job.sinkTable, let written = tables[table.name]?.options {
            options = written.map { ($0.key, $0.key == "path" ? folder : $0.value) }
        }
        let columns = fields.map { "\(SQLText.name($0.name)) \($0.type)" }
        func declaration(_ options: [(key: String, value: String)]) -> String {
            let pairs = options.map { "\(SQLText.literal($0.key)) = \(SQLText.literal($0.value))" }
            return "CREATE TEMPORARY TABLE \(name) (\(columns.joined(separator: ", "))) "
                + "WITH (\(pairs.joined(separator: ", ")))"
        }
        append(declaration(options), statement)
        let readable = options.filter { $0.key != "json.encode.decimal-as-plain-number" }
        targets.append(
            Target(
                job: job,
                statement: texts.count,
                folder: folder,
                declaration: "SET 'execution.runtime-mode' = 'batch';\n\(declaration(readable));\n"
                    + "SELECT * FROM \(name);\n"
            )
        )
        let isInsert = statement.kind == .insert
        append(
            isInsert
                ? statement.replacingTarget(name) : "INSERT INTO \(name) \(statement.text)",
            statement
        )
    }

    /// Columns of a SELECT may share a name, columns of a table may not.
    private static func distinct(_ fields: [Field]) -> [Field] {
        guard Set(fields.map(\.name)).count < fields.count else { return fields }
        return fields.enumerated().map { index, field in
            var field = field
            field.name = "c\(index)"
            return field
        }
    }

    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path.isEmpty ? "." : path).standardizedFileURL.path
    }

    private static func resolved(_ path: String, _ root: String) -> String {
        path.hasPrefix("file://") ? path : absolute(Directory.join(root, path))
    }
}
