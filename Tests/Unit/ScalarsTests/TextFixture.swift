import Scalars

/// Runs a reader over a text's bytes.
func reading<Result>(
    _ text: String,
    _ body: (Span<UInt8>) throws(ScalarTextError) -> Result
) throws(ScalarTextError) -> Result {
    let bytes = Array(text.utf8)
    return try body(bytes.span)
}

/// The text that a writer appends.
func writing(_ body: (inout [UInt8]) -> Void) -> String {
    var output: [UInt8] = []
    body(&output)
    return String(decoding: output, as: UTF8.self)
}
