internal import Failures
internal import Glibc

/// A connection that speaks in lines; closed by whoever made the descriptor.
struct LineStream {
    enum Outcome {
        case line([UInt8])
        /// The other side has closed, or broke off within a line.
        case end
        case tooLong
        case late
    }

    let descriptor: Int32
    /// Bytes that came and belong to no line yet.
    private var buffered: [UInt8] = []
    /// So many of them were looked through for the end of a line.
    private var searched = 0

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// The next line, without its end.
    ///
    /// - Parameters:
    ///   - limit: most bytes of a line.
    ///   - idle: how long to wait for its first byte.
    ///   - transfer: how long the rest may take.
    /// - Returns: the line, or why there is none.
    mutating func readLine(limit: Int, idle: Duration, transfer: Duration) -> Outcome {
        let now = ContinuousClock.now
        var deadline = now + (buffered.isEmpty ? idle : transfer)
        while true {
            if let end = buffered[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffered[..<end])
                buffered.removeFirst(end + 1)
                searched = 0
                return line.count <= limit ? .line(line) : .tooLong
            }
            searched = buffered.count
            guard buffered.count <= limit else { return .tooLong }
            guard waits(for: POLLIN, until: deadline) else { return .late }
            let wasEmpty = buffered.isEmpty
            let count = receive()
            if count == 0 { return .end }
            if count > 0, wasEmpty { deadline = ContinuousClock.now + transfer }
        }
    }

    /// Appends what is there; 0 at the end, negative where nothing came after all.
    private mutating func receive() -> Int {
        var count = 0
        buffered.append(addingCapacity: 1 << 16) { output in
            // SAFETY: the free part of the output is valid here; `recv` fills `count` bytes of it.
            count = unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
                guard let base = buffer.baseAddress else { return 0 }
                let room = buffer.count - initialized
                let got = unsafe recv(descriptor, base + initialized, room, Int32(MSG_DONTWAIT))
                if got > 0 { initialized += got }
                return got
            }
        }
        if count < 0, errno != EAGAIN, errno != EINTR { return 0 }
        return count
    }

    /// Sends all bytes and the end of a line; false where the other side is gone, or too slow.
    func write(_ line: [UInt8], within time: Duration) -> Bool {
        let bytes = line + [UInt8(ascii: "\n")]
        let deadline = ContinuousClock.now + time
        let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        var done = 0
        while done < bytes.count {
            let rest = bytes.span.extracting(done..<bytes.count)
            let count = unsafe rest.withUnsafeBufferPointer { buffer in
                // SAFETY: the buffer is valid during the call, which is told its length.
                unsafe send(descriptor, buffer.baseAddress, buffer.count, flags)
            }
            if count > 0 {
                done += count
            } else if errno == EAGAIN {
                guard waits(for: POLLOUT, until: deadline) else { return false }
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Whether the connection is ready, or broken, before the deadline.
    private func waits(for event: Int32, until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = deadline - ContinuousClock.now
            let milliseconds = max(0, (left / .milliseconds(1)).rounded(.up))
            var request = pollfd(fd: descriptor, events: Int16(event), revents: 0)
            // SAFETY: `request` outlives the call, which is told of one entry.
            let count = unsafe poll(&request, 1, Int32(clamping: Int(milliseconds)))
            if count > 0 { return true }
            if count < 0, errno == EINTR { continue }
            if count < 0 || milliseconds == 0 { return false }
        }
    }
}
