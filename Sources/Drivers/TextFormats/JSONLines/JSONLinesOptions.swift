/// The `json.*` options of a table, with the meaning of Flink's keys.
package struct JSONLinesOptions: Hashable, Sendable {
    /// Whether a declared field that a line lacks is an error; else it is NULL.
    package var failsOnMissingField = false
    /// Whether a malformed line is left out, and a bad field is NULL.
    package var ignoresParseErrors = false
    /// Timestamps with `T` instead of a space (`json.timestamp-format.standard` = `ISO-8601`).
    package var usesISO8601 = false
    /// Which kernels to use.
    package var instructions = InstructionSet.best

    package init() {}
}
