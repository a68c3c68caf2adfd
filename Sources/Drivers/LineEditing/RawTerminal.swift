package import Failures
internal import Glibc
private import Synchronization

/// Standard input as a terminal that gives every key as it is pressed; the old ways come back with the end of
/// the value.
package struct RawTerminal: ~Copyable {
    /// The ways of the terminal while it is raw.
    private static let saved = Mutex<termios?>(nil)

    /// Whether standard input is a terminal.
    package static var isAvailable: Bool { isatty(STDIN_FILENO) == 1 }

    /// Columns of the terminal at standard output; nil where it does not tell.
    package static var width: Int? {
        var size = winsize()
        // SAFETY: `size` outlives the call, which writes no more than it holds.
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    /// Turns the terminal's own line editing off.
    ///
    /// - Throws: `IO_READ` where standard input is no terminal.
    package init() throws(Failure) {
        var settings = termios()
        // SAFETY: `settings` outlives both calls.
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { throw Self.refused() }
        let before = settings
        Self.saved.withLock { $0 = before }
        settings.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
        settings.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR | BRKINT | ISTRIP)
        guard unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) == 0 else {
            throw Self.refused()
        }
    }

    deinit { Self.restore() }

    /// Gives the terminal its old ways back, for a process that ends while it is raw.
    package static func restore() {
        guard var settings = saved.withLock({ $0 }) else { return }
        saved.withLock { $0 = nil }
        // SAFETY: as above. Nobody can be told that a terminal refuses the settings it had.
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// The next byte; nil at the end.
    package func readByte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            // SAFETY: `byte` is one byte and outlives the call.
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count == 1 { return byte }
            if count < 0, errno == EINTR { continue }
            return nil
        }
    }

    /// Shows a text at once.
    package func show(_ text: String) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBufferPointer { buffer -> Int in
                guard let base = buffer.baseAddress else { return -1 }
                // SAFETY: `done` stays below the number of bytes.
                return unsafe write(STDOUT_FILENO, base + done, buffer.count - done)
            }
            if count < 0, errno == EINTR { continue }
            // A terminal that is gone shows itself at the next key.
            guard count > 0 else { return }
            done += count
        }
    }

    private static func refused() -> Failure {
        Failure(
            "IO_READ",
            blame: .outside,
            "standard input is no terminal that gives single keys",
            remedy: "give the statements by a file or a pipe"
        )
    }
}
