package import Columns
package import Failures

/// A declared table: physical columns as they lie in its files, computed columns, time, and where it is.
package struct TableDefinition: Hashable, Sendable {
    package var name: String
    /// The columns that are read or written, in declared order.
    package var physicalFields: [Field]
    /// All columns in declared order, as `SELECT *` gives them.
    package var columns: [ColumnDefinition]
    /// Names of the columns of PRIMARY KEY … NOT ENFORCED.
    package var primaryKey: [String]
    package var partitionedBy: [String]
    package var connector: Connector
    package var position: SourcePosition

    package init(
        name: String,
        physicalFields: [Field],
        columns: [ColumnDefinition],
        primaryKey: [String] = [],
        partitionedBy: [String] = [],
        connector: Connector,
        at position: SourcePosition
    ) {
        self.name = name
        self.physicalFields = physicalFields
        self.columns = columns
        self.primaryKey = primaryKey
        self.partitionedBy = partitionedBy
        self.connector = connector
        self.position = position
    }
}

/// One declared column.
package struct ColumnDefinition: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
        /// Index into ``TableDefinition/physicalFields``.
        case physical(Int)
        /// Over the physical fields (all of them, by index).
        case computed(Expression)
    }

    package var field: Field
    package var origin: Origin
    /// Whether WATERMARK FOR names this column; the expression is over the physical fields.
    package var watermark: Expression?

    package init(field: Field, origin: Origin, watermark: Expression? = nil) {
        self.field = field
        self.origin = origin
        self.watermark = watermark
    }
}

/// Where a table's rows come from or go to, decoded from its WITH options.
package enum Connector: Hashable, Sendable {
    case filesystem(Filesystem)
    case datagen(Datagen)
    case print(identifier: String, usesStandardError: Bool)
    case blackhole
    case standardInput(TextFormat)
    case standardOutput(TextFormat)

    package struct Filesystem: Hashable, Sendable {
        /// As written: relative paths are relative to the script; `file://` is removed; may be a glob.
        package var path: String
        package var format: FileFormat
        /// Bytes after which a sink begins a new part.
        package var rollingFileSize: Int64

        package init(path: String, format: FileFormat, rollingFileSize: Int64) {
            self.path = path
            self.format = format
            self.rollingFileSize = rollingFileSize
        }
    }

    package struct Datagen: Hashable, Sendable {
        package enum Generator: Hashable, Sendable {
            /// Uniform in the inclusive range, in the field's physical unit.
            case random(minimum: Value, maximum: Value)
            /// Text or bytes of so many characters.
            case randomText(length: Int)
            case sequence(start: Int64, end: Int64)
            /// A timestamp at most this many microseconds in the past of the job's clock.
            case past(maximum: Int64)
        }

        package struct FieldRule: Hashable, Sendable {
            package var generator: Generator
            /// Share of NULLs, 0...1.
            package var nullRate: Double

            package init(generator: Generator, nullRate: Double) {
                self.generator = generator
                self.nullRate = nullRate
            }
        }

        package var rowsPerSecond: Int64
        /// Nil: unbounded, unless a sequence ends.
        package var rowCount: Int64?
        /// One per physical field.
        package var rules: [FieldRule]

        package init(rowsPerSecond: Int64, rowCount: Int64?, rules: [FieldRule]) {
            self.rowsPerSecond = rowsPerSecond
            self.rowCount = rowCount
            self.rules = rules
        }
    }

    /// Whether rows come as time passes, not as fast as they can be read.
    package var isLive: Bool {
        switch self {
        case .datagen, .standardInput: true
        default: false
        }
    }

    /// Whether the input ends by itself.
    package var isBounded: Bool {
        switch self {
        case .datagen(let datagen):
            datagen.rowCount != nil
                || datagen.rules.contains { rule in
                    if case .sequence = rule.generator { true } else { false }
                }
        default: true
        }
    }
}

/// The format of a file of rows.
package enum FileFormat: Hashable, Sendable {
    case text(TextFormat)
    case parquet
}

/// A line format and its options, with the names and defaults of Flink's keys.
package enum TextFormat: Hashable, Sendable {
    case csv(CSVFormat)
    case json(JSONFormat)
}

/// `csv.*` options.
package struct CSVFormat: Hashable, Sendable {
    package var fieldDelimiter: UInt8 = 0x2C
    /// Nil: `csv.disable-quote-character`.
    package var quoteCharacter: UInt8? = 0x22
    package var escapeCharacter: UInt8?
    package var nullLiteral: String?
    package var allowsComments = false
    package var ignoresParseErrors = false
    /// Extension: the first record of each file is a header.
    package var hasHeader = false

    package init() {}
}

/// `json.*` options.
package struct JSONFormat: Hashable, Sendable {
    package var failsOnMissingField = false
    package var ignoresParseErrors = false
    /// Timestamps with `T` instead of a space.
    package var usesISO8601 = false

    package init() {}
}
