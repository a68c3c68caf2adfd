internal import Failures
internal import Hashing

/// What a ledger has counted.
struct LedgerProgress: Sendable {
    var sources: [JobLedger.SourceCount] = []
    var lateCount = 0
    var partlyLateCount = 0
    var rejectedCounts: [String: Int] = [:]
    var digest = SegmentDigest()
    var refusedBySink = 0
    var firstLate: JobLedger.Example?
    var firstRejected: JobLedger.Example?
    /// Size of the dead letters' file.
    var deadLetterBytes = 0

    init() {}

    func write(to output: inout StateWriter) {
        output.write(sources.count)
        for source in sources {
            for count in [source.records, source.rejected, source.nulledFields, source.skippedRows]
            {
                output.write(count)
            }
        }
        output.write(lateCount)
        output.write(partlyLateCount)
        output.write(rejectedCounts.count)
        for (name, count) in rejectedCounts.sorted(by: { $0.key < $1.key }) {
            output.write(name)
            output.write(count)
        }
        output.write(digest.description)
        output.write(refusedBySink)
        Self.write(firstLate, to: &output)
        Self.write(firstRejected, to: &output)
        output.write(deadLetterBytes)
    }

    private static func write(_ example: JobLedger.Example?, to output: inout StateWriter) {
        output.write(example != nil)
        guard let example else { return }
        output.write(example.message)
        output.write(example.position != nil)
        guard let position = example.position else { return }
        output.write(position.path)
        output.write(position.byteOffset)
        output.write(position.line ?? -1)
        output.write(position.field ?? -1)
    }

    init(from input: inout StateReader) throws(Failure) {
        for _ in 0..<(try input.count()) {
            var source = JobLedger.SourceCount()
            source.records = try input.number()
            source.rejected = try input.number()
            source.nulledFields = try input.number()
            source.skippedRows = try input.number()
            sources.append(source)
        }
        lateCount = try input.number()
        partlyLateCount = try input.number()
        for _ in 0..<(try input.count()) {
            let name = try input.text()
            rejectedCounts[name] = try input.number(Int.self)
        }
        guard let digest = SegmentDigest(try input.text()) else {
            throw StateReader.corrupt("the job's state")
        }
        self.digest = digest
        refusedBySink = try input.number()
        firstLate = try Self.example(&input)
        firstRejected = try Self.example(&input)
        deadLetterBytes = try input.number()
    }

    private static func example(
        _ input: inout StateReader
    ) throws(Failure) -> JobLedger.Example? {
        guard try input.flag() else { return nil }
        let message = try input.text()
        guard try input.flag() else { return JobLedger.Example(position: nil, message: message) }
        var position = FilePosition(path: try input.text(), byteOffset: try input.number())
        let line: Int = try input.number()
        let field: Int = try input.number()
        position.line = line < 0 ? nil : line
        position.field = field < 0 ? nil : field
        return JobLedger.Example(position: position, message: message)
    }
}
