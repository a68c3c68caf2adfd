package import Failures
internal import Foundation
package import JSON
package import Observe

/// Where a command's results and complaints go, and what it may know about its surroundings.
package struct Console: Sendable {
    /// Writes to standard output; throws where that is full or closed.
    private let output: @Sendable (String) throws -> Void
    private let errors: @Sendable (String) -> Void
    package let environment: [String: String]
    /// What the place of results can show.
    package let outputTerminal: Terminal
    /// What the place of complaints and progress can show.
    package let errorTerminal: Terminal
    /// Tells when the user wants the command to stop.
    package let interruption: Interruption

    package init(
        environment: [String: String],
        outputTerminal: Terminal = .plain,
        errorTerminal: Terminal = .plain,
        interruption: Interruption = Interruption(),
        output: @escaping @Sendable (String) throws -> Void,
        errors: @escaping @Sendable (String) -> Void
    ) {
        self.environment = environment
        self.outputTerminal = outputTerminal
        self.errorTerminal = errorTerminal
        self.interruption = interruption
        self.output = output
        self.errors = errors
    }

    /// The process's own.
    package static let standard: Console = {
        let environment = ProcessInfo.processInfo.environment
        return Console(
            environment: environment,
            outputTerminal: Terminal(
                isTerminal: Terminal.standardOutputIsTerminal,
                environment: environment
            ),
            errorTerminal: Terminal(
                isTerminal: Terminal.standardErrorIsTerminal,
                environment: environment
            ),
            output: { try FileHandle.standardOutput.write(contentsOf: Data($0.utf8)) },
            // A complaint that cannot be written has nowhere else to go.
            errors: { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) }
        )
    }()

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

    /// Writes lines of the result in which texts of users may stand, such as reasons and names.
    ///
    /// What would end a line or move the cursor is shown as `�`, so no text can pass for a line of ours.
    package func write(lines: [String]) throws(Failure) {
        try write(lines.map { TerminalText.withoutControls($0) + "\n" }.joined())
    }

    /// Writes one JSON object as a line of the result.
    package func write(_ json: JSONValue) throws(Failure) { try write(json.compactText + "\n") }

    /// Writes a line for people beside the result.
    package func complain(_ line: String) { errors("cutover: \(line)\n") }

    /// Writes a line for people beside the result, as it is.
    package func note(_ line: String) { errors(line + "\n") }

    /// Writes lines beside the result in which texts of users may stand, as ``write(lines:)`` does.
    package func note(lines: [String]) {
        for line in lines { note(TerminalText.withoutControls(line)) }
    }

    /// Draws or wipes a line of progress.
    package func draw(_ text: String) { errors(text) }
}
