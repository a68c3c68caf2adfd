internal import CKernels

/// The `csv.*` options of a table, with the meaning of Flink's keys.
package struct CSVOptions: Hashable, Sendable {
    /// One byte, not a newline.
    package var delimiter: UInt8 = 0x2C
    /// Nil: quotes are text (`csv.disable-quote-character`).
    package var quote: UInt8? = 0x22
    /// The byte after it is text; `n`, `r`, `t` and `0` after it stand for control characters.
    package var escape: UInt8?
    /// A field of exactly this text is NULL, quoted or not.
    package var nullLiteral: String?
    /// Whether records that begin with `#` are comments; then empty lines and the spaces that lead a record
    /// are no data either.
    package var allowsComments = false
    /// Whether a bad or missing field is NULL, and a row of too many fields is left out.
    package var ignoresParseErrors = false
    /// Whether the first record of a text is a header.
    package var hasHeader = false
    /// Which kernels to use.
    package var instructions = InstructionSet.best

    package init() {}

    var kernelFormat: ck_csv_format {
        ck_csv_format(
            delimiter: Int16(delimiter),
            quote: quote.map { Int16($0) } ?? -1,
            escape: escape.map { Int16($0) } ?? -1,
            has_comments: allowsComments ? 1 : 0
        )
    }
}
