internal import Foundation

/// Asks small programs for their version.
package struct ToolRunner: Sendable {
    /// After so long a program is ended, and counts as one that gave no answer.
    package var deadline: Duration

    package init(deadline: Duration = .seconds(20)) { self.deadline = deadline }

    /// What the program printed on both of its outputs (at most 64 KiB); nil where it is missing, fails,
    /// or does not end in time.
    package func output(of program: String, _ arguments: [String]) -> String? {
        guard let path = Self.path(of: program) else { return nil }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        guard (try? process.run()) != nil else { return nil }
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: deadline)
        while process.isRunning, clock.now < end { Thread.sleep(forTimeInterval: 0.005) }
        guard !process.isRunning else {
            process.terminate()
            return nil
        }
        guard process.terminationStatus == 0 else { return nil }
        try? pipe.fileHandleForWriting.close()
        return String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    }

    /// The first program of that name on PATH.
    package static func path(of program: String) -> String? {
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return folders.split(separator: ":").lazy.map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
