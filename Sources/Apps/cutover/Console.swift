package import Failures
internal import Foundation

/// Where a command's results and complaints go, and what it may know about its surroundings.
package struct Console: Sendable {
    /// Writes to standard output; throws where that is full or closed.
    private let output: @Sendable (String) throws -> Void
    private let errors: @Sendable (String) -> Void
    package let environment: [String: String]

    package init(
        environment: [String: String],
        output: @escaping @Sendable (String) throws -> Void,
        errors: @escaping @Sendable (String) -> Void
    ) {
        self.environment = environment
        self.output = output
        self.errors = errors
    }

    /// The process's own.
    package static let standard = Console(
        environment: ProcessInfo.processInfo.environment,
        output: { try FileHandle.standardOutput.write(contentsOf: Data($0.utf8)) },
        errors: { FileHandle.standardError.write(Data($0.utf8)) }
    )

    /// Writes a part of the command's result.
    package func write(_ text: String) throws(Failure) {
        do {
            try output(text)
        } catch {
            throw Failure(
                "IO_WRITE",
                blame: .outside,
                "the result could not be written to standard output",
                remedy: "look at what reads it, and at the space on its disk",
                cause: String(describing: error)
            )
        }
    }

    /// Writes a text beside the result as it is: progress, or a word about something that takes long.
    package func status(_ text: String) { errors(text) }

    /// Writes a line for people beside the result.
    package func complain(_ line: String) { errors("cutover: \(line)\n") }
}
