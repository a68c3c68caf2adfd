internal import CArrow
package import Columns
package import Failures

/// A batch as it crosses the Arrow C Data Interface: a struct array with its schema.
///
/// Lending and adopting copy nothing for BIGINT, DOUBLE, BOOLEAN, DECIMAL, text, bytes, times and timestamps; the
/// memory lives until the last column over it is gone, whichever side made it.
@safe
package final class ArrowBatch {
    private var schema: ArrowSchema
    private var array: ArrowArray

    /// Lends a batch; throws `TYPE_SINK` for a type that Arrow files have no place for.
    package init(lending batch: Batch) throws(Failure) {
        var formats: [String] = []
        for field in batch.schema.fields { formats.append(try ExportedColumn.format(of: field)) }
        let columns = zip(batch.columns, formats).map { ExportedColumn($0, format: $1) }
        unsafe schema = ArrowExporter.schema(
            zip(batch.schema.fields, formats).map { ($0.name, $1, $0.isNullable) }
        )
        unsafe array = ArrowExporter.array(columns, rowCount: batch.rowCount)
    }

    deinit {
        // SAFETY: whoever took a structure over left its release NULL.
        if let release = unsafe schema.release { unsafe release(&schema) }
        if let release = unsafe array.release { unsafe release(&array) }
    }

    /// Takes the rows over as columns; may be called once.
    package func adopt() throws(Failure) -> Batch {
        precondition(unsafe array.release != nil, "a batch is adopted once")
        let owner = unsafe ImportedArray(array)
        unsafe array.release = nil
        var fields: [Field] = []
        var columns: [Column] = []
        for index in 0..<owner.childCount {
            guard let part = unsafe schema.children[index], let child = owner.child(index) else {
                preconditionFailure("a field for every column")
            }
            var importer = ArrowImporter(path: "a batch", field: unsafe ArrowField(part))
            columns.append(try importer.column(child))
            let field = importer.field
            fields.append(Field(field.name, try importer.type(), isNullable: field.isNullable))
        }
        return Batch(schema: Schema(fields), columns: columns, rowCount: owner.rowCount)
    }
}
