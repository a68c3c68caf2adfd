internal import Files
internal import Hashing

/// Where a transactional job keeps its checkpoints, and where it begins.
package struct CheckpointOptions: Sendable {
    package enum Resume: Sendable, Hashable {
        /// At the beginning; earlier checkpoints are forgotten as soon as the sink is open.
        case no
        /// At the last checkpoint, or at the beginning where there is none.
        case last
        /// At this checkpoint; later ones are forgotten, with the parts that they published.
        case from(Int)
    }

    /// The job's own directory.
    package var directory: String
    package var resume: Resume

    /// - Parameters:
    ///   - stateDirectory: of all jobs.
    ///   - job: its name.
    ///   - resume: where it begins.
    package init(stateDirectory: String, job: String, resume: Resume) {
        directory = Directory.join(
            Directory.join(stateDirectory, "stream"),
            Self.folderName(of: job)
        )
        self.resume = resume
    }

    /// A folder's name for a job; names with other characters than a file's name may have get a hash.
    private static func folderName(of job: String) -> String {
        let plain = job.unicodeScalars.map { scalar -> Character in
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || scalar == "-" || scalar == "_" || scalar == ".")
            return isPlain ? Character(scalar) : "_"
        }
        let name = String(plain)
        guard name != job || name.hasPrefix(".") || name.isEmpty else { return name }
        let bytes = Array(job.utf8)
        return "job-\(name)-\(CheckpointManifest.hexadecimal(XXH64.hash(bytes.span)))"
    }
}
