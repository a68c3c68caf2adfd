internal import Columns
internal import Failures

/// Decodes a table's WITH options.
struct ConnectorOptions {
    let context: BindingContext
    let table: CreateTableSyntax
    let fields: [Field]

    func decode() throws(Failure) -> Connector {
        var reader = try OptionReader(table.options, subject: "the table \(table.name.text)")
        let connector = try reader.required("connector", at: table.position)
        let decoded = try decode(connector, &reader)
        try reader.finish()
        return decoded
    }

    private static let known = ["filesystem", "datagen", "print", "blackhole", "stdin", "stdout"]

    private func decode(
        _ connector: OptionSyntax,
        _ reader: inout OptionReader
    ) throws(Failure) -> Connector {
        switch connector.value {
        case "filesystem": return try filesystem(&reader)
        case "datagen":
            return try DatagenOptions(fields: fields, table: table).decode(&reader)
        case "print":
            return .print(
                identifier: reader.text("print-identifier") ?? "",
                usesStandardError: try reader.flag("standard-error") ?? false
            )
        case "blackhole": return .blackhole
        case "stdin", "stdout":
            notePort(connector.value, at: connector.valuePosition)
            guard case .text(let format) = try format(&reader, isLines: true) else {
                preconditionFailure("a line format was asked for")
            }
            return connector.value == "stdin" ? .standardInput(format) : .standardOutput(format)
        case "kafka", "upsert-kafka", "redis-stream", "log", "jdbc", "hive":
            throw .notYet(
                "the connector '\(connector.value)'",
                remedy: "use \(Self.known.joined(separator: ", "))",
                at: connector.valuePosition
            )
        default:
            let near = nearestName(to: connector.value, among: Self.known)
            throw .request(
                "CFG_VALUE",
                "there is no connector '\(connector.value)'",
                remedy: near.map { "nearest is '\($0)'" }
                    ?? "known are \(Self.known.joined(separator: ", "))",
                at: connector.valuePosition
            )
        }
    }

    private func notePort(_ name: String, at position: SourcePosition) {
        context.notice("PORT_CONNECTOR", "Flink has no connector '\(name)'", at: position)
    }

    private func filesystem(_ reader: inout OptionReader) throws(Failure) -> Connector {
        let path = try reader.required("path", at: table.position)
        guard !path.value.trimmingBlanks().isEmpty else {
            throw OptionReader.invalid(path, expected: "a file, a folder or a glob")
        }
        try reader.refuseLater([
            "source.monitor-interval": "list the files once: a run reads what is there",
            "source.path.regex-pattern": "use a glob in 'path'",
        ])
        if path.value.contains(where: { "*?[".contains($0) }) {
            context.notice("PORT_GLOB", "Flink reads no globs", at: path.valuePosition)
        }
        let size = try reader.byteSize("sink.rolling-policy.file-size") ?? 128 << 20
        let format = try format(&reader, isLines: false)
        return .filesystem(
            .init(path: Self.withoutScheme(path.value), format: format, rollingFileSize: size)
        )
    }

    private static func withoutScheme(_ path: String) -> String {
        guard path.hasPrefix("file://") else { return path }
        return String(path.dropFirst("file://".count))
    }

    // MARK: Formats

    private func format(
        _ reader: inout OptionReader,
        isLines: Bool
    ) throws(Failure) -> FileFormat {
        let option = try reader.required("format", at: table.position)
        switch option.value {
        case "csv": return .text(.csv(try csv(&reader)))
        case "json": return .text(.json(try json(&reader)))
        case "parquet" where !isLines:
            context.notice(
                "PORT_CONNECTOR",
                "Flink needs the jar flink-sql-parquet for this format",
                at: option.valuePosition
            )
            return .parquet
        case "raw", "avro", "protobuf", "orc", "debezium-json":
            throw .notYet(
                "the format '\(option.value)'",
                remedy: "use csv, json or parquet",
                at: option.valuePosition
            )
        default:
            let known = isLines ? ["csv", "json"] : ["csv", "json", "parquet"]
            throw OptionReader.invalid(
                option,
                expected: nearestName(to: option.value, among: known).map { "'\($0)'" }
                    ?? known.joined(separator: ", ")
            )
        }
    }

    private func csv(_ reader: inout OptionReader) throws(Failure) -> CSVFormat {
        var format = CSVFormat()
        if let byte = try reader.character("csv.field-delimiter") { format.fieldDelimiter = byte }
        if let byte = try reader.character("csv.quote-character") { format.quoteCharacter = byte }
        if try reader.flag("csv.disable-quote-character") == true { format.quoteCharacter = nil }
        format.escapeCharacter = try reader.character("csv.escape-character")
        format.nullLiteral = reader.text("csv.null-literal")
        format.allowsComments = try reader.flag("csv.allow-comments") ?? false
        format.ignoresParseErrors = try reader.flag("csv.ignore-parse-errors") ?? false
        if let header = reader.take("csv.header") {
            guard let value = ["true": true, "false": false][header.value.lowercased()] else {
                throw OptionReader.invalid(header, expected: "true or false")
            }
            format.hasHeader = value
            context.notice(
                "PORT_CSV_HEADER",
                "Flink reads a header as a row: remove it from the file",
                at: header.keyPosition
            )
        }
        guard format.fieldDelimiter != format.quoteCharacter else {
            throw .request(
                "CFG_VALUE",
                "fields are separated and quoted by the same character",
                remedy: "choose two, or set 'csv.disable-quote-character' = 'true'",
                at: table.position
            )
        }
        return format
    }

    private func json(_ reader: inout OptionReader) throws(Failure) -> JSONFormat {
        var format = JSONFormat()
        format.failsOnMissingField = try reader.flag("json.fail-on-missing-field") ?? false
        format.ignoresParseErrors = try reader.flag("json.ignore-parse-errors") ?? false
        if let standard = reader.take("json.timestamp-format.standard") {
            switch standard.value {
            case "SQL": format.usesISO8601 = false
            case "ISO-8601": format.usesISO8601 = true
            default: throw OptionReader.invalid(standard, expected: "SQL or ISO-8601")
            }
        }
        return format
    }
}
