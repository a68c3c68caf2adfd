internal import Failures
internal import Files
internal import JSON
internal import LocalSocket

/// Asks the controller of a state folder that another process runs.
final class ControlClient {
    private let socket: LocalSocketClient

    /// How long an answer may take: a controller looks at commands between its turns.
    static let patience = Duration.seconds(30)

    private init(_ socket: LocalSocketClient) { self.socket = socket }

    /// A connection to the running controller; nil where none serves the folder.
    ///
    /// - Throws: `IO_SOCKET` where it cannot be told.
    static func connect(_ state: String) throws(Failure) -> ControlClient? {
        let path = Directory.join(state, ControlProtocol.socketName)
        return try LocalSocketClient.connect(to: path).map { ControlClient($0) }
    }

    /// The answer to a request.
    ///
    /// - Throws: what the controller throws, and `IO_SOCKET`.
    func ask(_ request: ControlProtocol.Request) throws(Failure) -> JSONValue {
        let line = ControlProtocol.line(request)
        return try ControlProtocol.result(try socket.ask(line, within: Self.patience))
    }
}
