/// How a command ended, as its exit status.
package enum ExitCode: Int32, Sendable {
    case done = 0
    /// It failed, or what it compared differs.
    case failed = 1
    /// The command line, a script or a configuration is wrong.
    case usage = 2
    /// It holds, is partly done, or is inconclusive.
    case holding = 3
    /// An integrity rule is violated.
    case violated = 4
    /// It was stopped by Ctrl-C.
    case interrupted = 130
}
