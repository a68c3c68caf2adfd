internal import Failures
internal import Files
internal import JSON

/// Which job wrote each part of a directory, in the directory's file `.cutover.parts`.
///
/// `--overwrite` removes the parts of its own job only, and this tells which they are.
struct PartCatalogue {
    private let directory: String
    private let path: String
    private var owners: [String: String] = [:]

    /// Reads the catalogue of a directory; one that is missing is empty.
    init(_ directory: String) throws(Failure) {
        self.directory = directory
        path = Directory.join(directory, ".cutover.parts")
        guard try Directory.kind(of: path) != .missing else { return }
        let bytes = try Directory.read(path, limit: 256 << 20)
        do throws(JSONError) {
            for member in try JSONValue(parsing: bytes.span, source: path).requireObject().members {
                owners[member.name] = try member.value.requireString()
            }
        } catch {
            throw error.failure("STATE_CORRUPT", blame: .outside)
        }
    }

    func owner(of part: String) -> String? { owners[part] }

    /// Notes the parts that a commit is about to publish; those that have vanished meanwhile are forgotten.
    mutating func record(_ commit: PartCommit) throws(Failure) {
        guard !commit.parts.isEmpty else { return }
        let names = Set(try Directory.names(in: directory))
        owners = owners.filter { names.contains($0.key) }
        for part in commit.parts { owners[part] = commit.job }
        var object = JSONObject()
        for (part, job) in owners.sorted(by: { $0.key < $1.key }) { object[part] = JSONValue(job) }
        let bytes = Array(JSONValue(object).compactText.utf8)
        try Directory.replace(path, with: bytes.span)
    }
}

/// The parts that appear together, and those that vanish with it.
struct PartCommit: Sendable, Hashable {
    var job: String
    var parts: [String]
    var replaced: [String]

    init(job: String, parts: [String], replaced: [String]) {
        self.job = job
        self.parts = parts
        self.replaced = replaced
    }

    var json: JSONValue {
        [
            "job": JSONValue(job),
            "publish": JSONValue(parts.map { JSONValue($0) }),
            "remove": JSONValue(replaced.map { JSONValue($0) }),
        ]
    }

    init(_ value: JSONValue) throws(JSONError) {
        job = try value.member("job").requireString()
        parts = try Self.names(value, "publish")
        replaced = try Self.names(value, "remove")
    }

    private static func names(
        _ value: JSONValue,
        _ member: String
    ) throws(JSONError) -> [String] {
        var names: [String] = []
        for item in try value.member(member).requireArray() {
            names.append(try item.requireString())
        }
        return names
    }
}
