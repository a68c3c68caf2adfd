internal import Failures
internal import Files
internal import Glibc
internal import LineEditing
internal import Observe
internal import SQLFront

/// Reads lines, cuts them into statements, and has them run.
struct Shell {
    private let session: ShellSession
    private let console: Console
    /// Lines of a statement that is not whole yet.
    private var pending = ""
    private var hasFailed = false

    init(session: ShellSession, console: Console) {
        self.session = session
        self.console = console
    }

    /// A larger file holds no statements that somebody wrote.
    private static let fileLimit = 16 << 20

    /// Runs the statements of a file.
    ///
    /// - Throws: `IO_READ`; what is wrong with a statement is only told.
    mutating func run(file: String) throws(Failure) {
        var bytes: [UInt8]
        do throws(Failure) {
            bytes = try Directory.read(file, limit: Self.fileLimit)
        } catch {
            var failure = error
            failure.blame = .request
            throw failure
        }
        bytes.append(0x0A)
        _ = try take(String(decoding: bytes, as: UTF8.self))
        try finishPending()
    }

    /// Runs what comes from standard input until it ends.
    mutating func run() throws(Failure) -> ExitCode {
        if RawTerminal.isAvailable, console.outputTerminal.isInteractive {
            try runAtTerminal()
            return .done
        }
        while let line = readLine(strippingNewline: false) {
            guard try take(line) else { return hasFailed ? .failed : .done }
        }
        try finishPending()
        return hasFailed ? .failed : .done
    }

    private mutating func runAtTerminal() throws(Failure) {
        let store = ShellHistory(environment: console.environment)
        var reader = LineReader(history: store.load(console))
        defer { store.save(reader.history, console) }
        try console.write("Statements end with a semicolon; help; tells more.\n")
        while true {
            let prompt = StatementScanner.isBlank(pending) ? "cutover> " : "     ... "
            switch try read(&reader, prompt) {
            case .end: return
            case .interrupted: pending = ""
            case .line(let line):
                reader.remember(line)
                guard try take(line + "\n") else { return }
            }
        }
    }

    private func read(
        _ reader: inout LineReader,
        _ prompt: String
    ) throws(Failure) -> LineReader.Result {
        let words = session.words
        // A signal that ends the process must not leave the terminal raw.
        return try console.interruption.calling { () -> Void in
            RawTerminal.restore()
            _exit(ExitCode.interrupted.rawValue)
        } during: { () throws(Failure) -> LineReader.Result in
            try reader.read(prompt: prompt) { prefix in
                words.filter {
                    !prefix.isEmpty && $0.count > prefix.count
                        && $0.prefix(prefix.count).lowercased() == prefix.lowercased()
                }
            }
        }
    }

    /// Adds a line, and runs the statements that are whole then.
    ///
    /// - Returns: false where the session shall end.
    private mutating func take(_ line: String) throws(Failure) -> Bool {
        pending += line
        while let (statement, rest) = StatementScanner.first(in: pending) {
            pending = rest
            guard try run(statement) else { return false }
        }
        // Blank lines and comments must not count as lines of the next statement.
        if StatementScanner.isBlank(pending), pending.last == "\n" { pending = "" }
        return true
    }

    /// The last statement may lack its semicolon.
    private mutating func finishPending() throws(Failure) {
        let rest = pending
        pending = ""
        guard !StatementScanner.isBlank(rest) else { return }
        _ = try run(rest)
    }

    /// - Returns: false where the session shall end.
    private mutating func run(_ statement: String) throws(Failure) -> Bool {
        switch try session.run(statement) {
        case .done: break
        case .failed: hasFailed = true
        case .end: return false
        }
        return true
    }
}
