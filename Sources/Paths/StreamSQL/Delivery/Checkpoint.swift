internal import Failures
internal import Hashing
internal import JSON

/// What a checkpoint's manifest says: which files belong together, and what the sink has still to publish.
struct CheckpointManifest: Sendable {
    /// A state file with what it must be.
    struct File: Sendable {
        var name: String
        var size: Int
        var hash: UInt64
    }

    var epoch: Int
    var job: String
    /// SHA-256 of the plan and of all that decides its result, in hexadecimal.
    var fingerprint: String
    /// Canonical: `v2:4:transactional`.
    var processor: String
    /// Whether the job has ended with this checkpoint.
    var isFinished: Bool
    /// The job's clock when it began, in microseconds since 1970-01-01 00:00:00 UTC.
    var moment: Int64
    /// Number of the next parts of the sink.
    var partEpoch: Int
    /// What the sink publishes with this checkpoint; nil for sinks that keep nothing.
    var commit: PartCommit?
    /// The job's state, then one file for each operator.
    var files: [File]

    /// The manifest's line, then the XXH64 of that line in hexadecimal.
    var text: String {
        let object: JSONValue = [
            "version": 1,
            "epoch": JSONValue(epoch),
            "job": JSONValue(job),
            "fingerprint": JSONValue(fingerprint),
            "processor": JSONValue(processor),
            "finished": JSONValue(isFinished),
            "moment": JSONValue(moment),
            "part_epoch": JSONValue(partEpoch),
            "sink": commit?.json ?? .null,
            "files": JSONValue(
                files.map { file -> JSONValue in
                    [
                        "name": JSONValue(file.name), "size": JSONValue(file.size),
                        "xxh64": JSONValue(Self.hexadecimal(file.hash)),
                    ]
                }
            ),
        ]
        let line = object.compactText
        let bytes = Array(line.utf8)
        return "\(line)\n\(Self.hexadecimal(XXH64.hash(bytes.span)))\n"
    }

    static func hexadecimal(_ hash: UInt64) -> String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension CheckpointManifest {
    /// Reads a manifest's text.
    ///
    /// - Returns: nil where it is torn or changed.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 3, lines[2].isEmpty else { return nil }
        let bytes = Array(lines[0].utf8)
        guard Self.hexadecimal(XXH64.hash(bytes.span)) == lines[1] else { return nil }
        do throws(JSONError) {
            let object = try JSONValue(parsing: bytes.span, source: "manifest")
            guard try object.member("version").requireInteger() == 1 else { return nil }
            epoch = Int(try object.member("epoch").requireInteger(in: 0...Int64(Int.max)))
            job = try object.member("job").requireString()
            fingerprint = try object.member("fingerprint").requireString()
            processor = try object.member("processor").requireString()
            isFinished = try object.member("finished").requireBool()
            moment = try object.member("moment").requireInteger()
            partEpoch = Int(try object.member("part_epoch").requireInteger(in: 0...Int64(Int.max)))
            let sink = try object.member("sink")
            commit = try sink.isNull ? nil : PartCommit(sink)
            files = []
            for file in try object.member("files").requireArray() {
                guard let hash = UInt64(try file.member("xxh64").requireString(), radix: 16) else {
                    return nil
                }
                files.append(
                    File(
                        name: try file.member("name").requireString(),
                        size: Int(try file.member("size").requireInteger(in: 0...Int64(Int.max))),
                        hash: hash
                    )
                )
            }
        } catch {
            return nil
        }
    }
}

/// A checkpoint that was read back.
struct Checkpoint: Sendable {
    var manifest: CheckpointManifest
    /// The job's state.
    var job: [UInt8]
    var operators: [OperatorState]
}
