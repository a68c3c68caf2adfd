/// One thing that `cutover doctor` looked at.
package struct DoctorCheck: Sendable, Equatable {
    package enum Status: String, Sendable {
        case ok
        /// Something that only some commands need is missing.
        case limited
        /// Something that every command needs is missing.
        case missing
    }

    /// What was looked at, for example `toolchain`.
    package var name: String
    package var status: Status
    /// What was found, with its version or size.
    package var found: String
    /// What to do, and for what it is needed; empty where all is well.
    package var remedy: String

    package init(_ name: String, _ status: Status, _ found: String, remedy: String = "") {
        self.name = name
        self.status = status
        self.found = found
        self.remedy = remedy
    }
}

extension [DoctorCheck] {
    /// Whether every command can run; what only some need does not count.
    package var isHealthy: Bool { allSatisfy { $0.status != .missing } }

    /// One line a check, columns aligned; a remedy on a line of its own.
    package var table: String {
        let width = map(\.name.count).max() ?? 0
        var text = ""
        for check in self {
            let status = padded(check.status.rawValue, to: 8)
            text += "\(status)\(padded(check.name, to: width + 2))\(check.found)\n"
            if !check.remedy.isEmpty {
                text += "\(padded("", to: width + 10))\(check.remedy)\n"
            }
        }
        return text
    }

    private func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: Swift.max(0, width - text.count))
    }
}
