internal import Columns
internal import Failures
internal import Flow
internal import Parquet
internal import SQLFront

/// One Parquet file: its row groups are the pieces that threads decode by themselves.
final class ParquetSplit: SplitReader {
    private let path: String
    private let fields: [Field]
    private let conditions: [ParquetCondition]
    private var groups: ArraySlice<Int>?

    /// - Parameters:
    ///   - path: of the file.
    ///   - fields: names and types of the columns that are wanted, in order.
    ///   - conditions: row groups whose statistics rule them out are not read.
    init(path: String, fields: [Field], conditions: [ParquetCondition]) {
        self.path = path
        self.fields = fields
        self.conditions = conditions
    }

    func claim() throws(Failure) -> (any SplitPiece)? {
        try findGroups()
        return groups?.popFirst().map { ParquetPiece(path: path, fields: fields, group: $0) }
    }

    func skip(to place: SplitPlace) throws(Failure) {
        try findGroups()
        groups = groups?.dropFirst(place.piece)
    }

    private func findGroups() throws(Failure) {
        guard groups == nil else { return }
        let reader = try ParquetReader(path: path)
        groups = try reader.rowGroups(matching: conditions)[...]
    }
}

private struct ParquetPiece: SplitPiece {
    let path: String
    let fields: [Field]
    let group: Int

    func open() throws(Failure) -> any PieceDecoder {
        let batches = try ParquetReader(path: path).batches(
            ParquetReader.Request(columns: fields.map(\.name), rowGroups: [group])
        )
        return ParquetPieceDecoder(batches, fields: fields, path: path)
    }
}

private final class ParquetPieceDecoder: PieceDecoder {
    private let batches: ParquetBatches
    private let fields: [Field]
    private let path: String

    init(_ batches: ParquetBatches, fields: [Field], path: String) {
        self.batches = batches
        self.fields = fields
        self.path = path
    }

    func next() throws(Failure) -> DecodedRows? {
        guard let batch = try batches.next() else { return nil }
        var columns: [Column] = []
        for (field, column) in zip(fields, batch.columns) {
            columns.append(try adapt(column, to: field))
        }
        return DecodedRows(
            batch: Batch(schema: Schema(fields), columns: columns, rowCount: batch.rowCount)
        )
    }

    /// The file's column under the declared type, where no value can change by that.
    private func adapt(_ column: Column, to field: Field) throws(Failure) -> Column {
        if column.type == field.type { return column }
        let isSameKind =
            (column.type.isInteger && field.type.isInteger
                && column.type.fits(in: field.type))
            || (column.type.isText && field.type == .string)
            || (column.type.isTimestamp && field.type.isTimestamp)
            || (column.type == .float && field.type == .double)
        guard isSameKind else {
            throw Failure(
                "DECODE_PARQUET",
                blame: .data,
                "column \(field.name) of \(path) is \(column.type), declared as \(field.type)",
                remedy: "declare it as \(column.type) and CAST it in the query"
            )
        }
        return column.retyped(field.type)
    }
}

extension DataType {
    /// Whether every value of this integer type is one of the other.
    fileprivate func fits(in other: DataType) -> Bool {
        guard let own = integerRange, let wider = other.integerRange else { return false }
        return wider.lowerBound <= own.lowerBound && own.upperBound <= wider.upperBound
    }
}
