internal import Failures
internal import Glibc

/// The three pipes between a child and its parent.
final class ChildStreams {
    /// The child's ends, closed by the parent once the child has started.
    private var childEnds: [Int32] = []
    /// Parent's ends: the child's standard input, output and error output; -1 once closed.
    private(set) var parentEnds: [Int32] = []

    /// The child's ends in the order of its descriptors 0, 1 and 2.
    var ends: [Int32] { childEnds }

    init(_ process: ChildProcess) throws(Failure) {
        for number in 0..<3 {
            var pair: [Int32] = [-1, -1]
            guard unsafe pipe(&pair) == 0 else { throw process.startFailure(errno) }
            for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            childEnds.append(pair[number == 0 ? 0 : 1])
            parentEnds.append(pair[number == 0 ? 1 : 0])
        }
        for end in parentEnds { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        closeChildEnds()
        for stream in parentEnds.indices { closeParentEnd(stream) }
    }

    func closeChildEnds() {
        for end in childEnds { close(end) }
        childEnds = []
    }

    func closeParentEnd(_ stream: Int) {
        guard parentEnds[stream] >= 0 else { return }
        close(parentEnds[stream])
        parentEnds[stream] = -1
    }

    /// Appends what is there, at most to `limit` bytes; returns false once more than that came.
    func read(_ stream: Int, into bytes: inout [UInt8], limit: Int) -> Bool {
        while true {
            var count = 0
            bytes.append(addingCapacity: 1 << 16) { output in
                // SAFETY: the free part of the output is valid here; `read` fills `count` bytes of it.
                count = unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
                    guard let base = buffer.baseAddress else { return 0 }
                    let room = buffer.count - initialized
                    let got = unsafe Glibc.read(parentEnds[stream], base + initialized, room)
                    if got > 0 { initialized += got }
                    return got
                }
            }
            if bytes.count > limit {
                bytes.removeLast(bytes.count - limit)
                return false
            }
            if count > 0 || (count < 0 && errno == EINTR) { continue }
            if count == 0 || errno != EAGAIN { closeParentEnd(stream) }
            return true
        }
    }

    /// Writes as much of `bytes` from `offset` on as the child takes now; returns the new offset.
    ///
    /// A child that reads no more ends its input, and is no failure.
    func write(_ bytes: [UInt8], from offset: Int) -> Int {
        var offset = offset
        while offset < bytes.count {
            let span = bytes.span.extracting(offset..<bytes.count)
            let count = unsafe span.withUnsafeBufferPointer { buffer in
                withoutPipeSignal {
                    unsafe Glibc.write(parentEnds[0], buffer.baseAddress, buffer.count)
                }
            }
            if count > 0 {
                offset += count
            } else if errno == EAGAIN {
                return offset
            } else if errno != EINTR {
                break
            }
        }
        closeParentEnd(0)
        return offset
    }

    /// Runs `body` with SIGPIPE blocked for this thread, and takes back one that it raised; keeps `errno`.
    private func withoutPipeSignal(_ body: () -> Int) -> Int {
        var pipeSignal = sigset_t()
        var before = sigset_t()
        var pending = sigset_t()
        // SAFETY: the sets live during the calls, which keep nothing of them.
        unsafe sigemptyset(&pipeSignal)
        unsafe sigaddset(&pipeSignal, SIGPIPE)
        unsafe sigpending(&pending)
        let wasPending = unsafe sigismember(&pending, SIGPIPE) == 1
        unsafe pthread_sigmask(SIG_BLOCK, &pipeSignal, &before)
        let result = body()
        let code = errno
        if result < 0, code == EPIPE, !wasPending {
            var now = timespec(tv_sec: 0, tv_nsec: 0)
            while unsafe sigtimedwait(&pipeSignal, nil, &now) < 0, errno == EINTR {}
        }
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        errno = code
        return result
    }
}
