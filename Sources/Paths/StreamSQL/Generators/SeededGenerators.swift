package import Failures

extension NexmarkEvents {
    /// Writes `person`, `auction`, `bid` and `side_input`, as ``GeneratorRun`` does.
    package func generate(
        into directory: String,
        options: GeneratorOptions,
        progress: @escaping GeneratorRun.Progress
    ) throws(Failure) -> GeneratorReport {
        try GeneratorRun(options: options, progress: progress).write(tables, into: directory)
    }
}

extension MeasurementTable {
    /// Writes `measurements` with a semicolon between the CSV file's fields, as ``GeneratorRun`` does.
    package func generate(
        into directory: String,
        options: GeneratorOptions,
        progress: @escaping GeneratorRun.Progress
    ) throws(Failure) -> GeneratorReport {
        try GeneratorRun(options: options, delimiter: UInt8(ascii: ";"), progress: progress)
            .write([self], into: directory)
    }
}

extension TickTable {
    /// Writes `ticks`, as ``GeneratorRun`` does.
    package func generate(
        into directory: String,
        options: GeneratorOptions,
        progress: @escaping GeneratorRun.Progress
    ) throws(Failure) -> GeneratorReport {
        try GeneratorRun(options: options, progress: progress).write([self], into: directory)
    }
}
