internal import Failures
internal import Files
internal import JSON

/// Rows that were not accepted, one JSON line each, appended to `JOB.jsonl` in the directory of dead letters.
///
/// The bytes of a row are kept as base64, exactly as they came, so that they can be mended and replayed.
final class DeadLetterFile: DeadLetterSink {
    private let sink: FileSink
    private let job: String
    private let processor: String
    private let sourceNames: [String]
    private let byteLimit: Int
    private(set) var byteCount: Int
    private let now: @Sendable () -> Int64

    /// Opens the job's file behind what earlier runs left in it, or behind its first `keptBytes`.
    ///
    /// - Throws: what the file system refuses.
    init(
        directory: String,
        job: String,
        processor: String,
        sourceNames: [String],
        byteLimit: Int,
        keptBytes: Int?,
        now: @escaping @Sendable () -> Int64
    ) throws(Failure) {
        try Directory.create(directory)
        let path = Directory.join(directory, "\(job).jsonl")
        if case .file(let size) = try Directory.kind(of: path) {
            byteCount = size
        } else {
            byteCount = 0
        }
        if let keptBytes, keptBytes < byteCount {
            try FileHandle(path: path, mode: .append).truncate(to: keptBytes)
            byteCount = keptBytes
        }
        sink = try FileSink(path: path, mode: .append)
        self.job = job
        self.processor = processor
        self.sourceNames = sourceNames
        self.byteLimit = byteLimit
        self.now = now
    }

    func write(_ letter: DeadLetter) throws(Failure) {
        var record: JSONObject = [
            "v": 1,
            "job": JSONValue(job),
            "at": JSONValue(now()),
            "stage": JSONValue(letter.stage.rawValue),
            "code": JSONValue(letter.code),
            "message": JSONValue(letter.message),
            "attempts": 1,
        ]
        record["source"] = letter.source.map { JSONValue(sourceNames[$0]) } ?? .null
        record["split"] = JSONValue(letter.position?.path)
        record["offset"] = JSONValue(letter.position?.byteOffset)
        record["line"] = JSONValue(letter.position?.line)
        record["value"] = JSONValue(letter.bytes.map(Base64.text))
        record["processor"] = JSONValue(processor)
        if let sql = letter.sql {
            record["sql"] = ["line": JSONValue(sql.line), "col": JSONValue(sql.column)]
        }
        let line = Array((JSONValue(record).compactText + "\n").utf8)
        guard byteCount + line.count <= byteLimit else {
            throw Failure(
                "DLQ_FULL",
                blame: .data,
                "the dead letters of \(job) would grow beyond \(byteLimit) bytes",
                remedy: "look at \(sink.name), move it away, or raise stream.dlq.max.bytes"
            )
        }
        try sink.write(line.span)
        byteCount += line.count
    }

    func close() throws(Failure) { try sink.synchronize() }

    var size: (bytes: Int, limit: Int) { (byteCount, byteLimit) }
}

/// Base64 of RFC 4648 with padding.
enum Base64 {
    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    static func text(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let rest = bytes.count - index
            var word = UInt32(bytes[index]) << 16
            if rest > 1 { word |= UInt32(bytes[index + 1]) << 8 }
            if rest > 2 { word |= UInt32(bytes[index + 2]) }
            output.append(digits[Int(word >> 18 & 63)])
            output.append(digits[Int(word >> 12 & 63)])
            output.append(rest > 1 ? digits[Int(word >> 6 & 63)] : 0x3D)
            output.append(rest > 2 ? digits[Int(word & 63)] : 0x3D)
            index += 3
        }
        return String(decoding: output, as: UTF8.self)
    }
}
