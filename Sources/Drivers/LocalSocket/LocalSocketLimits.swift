/// Bounds of a conversation over a socket.
package struct LocalSocketLimits: Sendable, Hashable {
    /// Most bytes of a line, without its end.
    package var lineSize = 1 << 20
    /// Most connections at a time; one more takes the place of one that does not ask, or is told so and closed.
    package var connectionCount = 16
    /// How long a connection may be silent between two lines.
    package var idle = Duration.seconds(5)
    /// How long a connection keeps its place without a complete line where others want it.
    package var grace = Duration.seconds(1)
    /// How long a line that has begun may take, in either direction.
    package var transfer = Duration.seconds(10)

    package init() {}
}
