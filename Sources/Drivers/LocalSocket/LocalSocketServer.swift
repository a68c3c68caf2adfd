package import Failures
internal import Flow
internal import Glibc

/// Answers lines that other processes of the same user send to a socket in the file system.
///
/// 1. Only the file's owner can connect: the file has mode 0600 from its first moment on.
/// 2. Lines, connections and times are bounded by ``LocalSocketLimits``.
/// 3. Whoever connects and does not ask keeps nobody out: it gives way to one that comes later.
/// 4. A file that a dead server left behind is replaced; one of a living server is not.
///
/// It runs until ``stop()``, which its owner has to call.
package final class LocalSocketServer: Sendable {
    /// Gives the answer to a line; called from several threads at a time.
    package typealias Answer = @Sendable ([UInt8]) -> [UInt8]

    package let path: String
    private let limits: LocalSocketLimits
    private let listener: Listener
    private let busyLine: [UInt8]
    private let tooLongLine: [UInt8]
    private let answer: Answer
    private let desk = Monitor(Desk())

    fileprivate struct Desk {
        var waiting: [Int32] = []
        /// Connections that are waited for or served; their descriptors are open.
        var open: Set<Int32> = []
        /// Since when those that are not being answered have been without a complete line.
        var silentSince: [Int32: ContinuousClock.Instant] = [:]
        var idleCount = 0
        var workers: [WorkerThread] = []
        var acceptor: WorkerThread?
        var isStopping = false
    }

    /// Listens at `path`, and serves from then on.
    ///
    /// - Parameters:
    ///   - path: where the socket's file lies.
    ///   - limits: bounds of every conversation.
    ///   - busyLine: what one connection too many is told.
    ///   - tooLongLine: what the sender of a line that is too long is told, before the connection is closed.
    ///   - answer: gives the answers.
    /// - Throws: `IO_SOCKET` where somebody else listens there, or the socket cannot be made; `FLOW_THREAD`.
    package init(
        path: String,
        limits: LocalSocketLimits = LocalSocketLimits(),
        busyLine: [UInt8],
        tooLongLine: [UInt8],
        answer: @escaping Answer
    ) throws(Failure) {
        self.path = path
        self.limits = limits
        self.busyLine = busyLine
        self.tooLongLine = tooLongLine
        self.answer = answer
        listener = try Listener(path)
        let acceptor: WorkerThread
        do throws(Failure) {
            acceptor = try WorkerThread { [self] in accept() }
        } catch {
            listener.close()
            throw error
        }
        desk.withLock { $0.acceptor = acceptor }
    }

    /// Ends every conversation after the answer that is being given, and removes the file; saying it again is safe.
    package func stop() {
        let (isFirst, acceptor) = desk.withLock { desk -> (Bool, WorkerThread?) in
            if desk.isStopping { return (false, nil) }
            desk.isStopping = true
            // A worker that reads sees the end; the descriptors stay open until it lets go of them.
            for descriptor in desk.open { shutdown(descriptor, Int32(SHUT_RD)) }
            for descriptor in desk.waiting { close(descriptor) }
            desk.open.subtract(desk.waiting)
            for descriptor in desk.waiting { desk.silentSince[descriptor] = nil }
            desk.waiting = []
            return (true, desk.acceptor)
        }
        guard isFirst else { return }
        desk.wakeAll()
        listener.wake()
        acceptor?.join()
        let workers = desk.withLock { $0.workers }
        for worker in workers { worker.join() }
        listener.close()
    }

    private func accept() {
        while let descriptor = listener.accept() {
            let isTaken = desk.withLock { desk in
                guard !desk.isStopping,
                    desk.open.count < limits.connectionCount || desk.makeRoom(limits.grace)
                else { return false }
                if desk.idleCount <= desk.waiting.count {
                    guard let worker = try? WorkerThread({ [self] in work() }) else { return false }
                    desk.workers.append(worker)
                    desk.idleCount += 1
                }
                desk.open.insert(descriptor)
                desk.silentSince[descriptor] = .now
                desk.waiting.append(descriptor)
                return true
            }
            if isTaken {
                desk.wakeAll()
            } else {
                _ = LineStream(descriptor).write(busyLine, within: .milliseconds(100))
                close(descriptor)
            }
        }
    }

    private func work() {
        while true {
            let next: Int32? = desk.wait { desk -> Int32?? in
                if desk.isStopping { return .some(nil) }
                guard !desk.waiting.isEmpty else { return nil }
                desk.idleCount -= 1
                return .some(desk.waiting.removeFirst())
            }
            guard let descriptor = next else { return }
            converse(LineStream(descriptor))
            desk.withLock { desk in
                desk.open.remove(descriptor)
                desk.silentSince[descriptor] = nil
                desk.idleCount += 1
                close(descriptor)
            }
        }
    }

    private func converse(_ connection: LineStream) {
        var stream = connection
        while true {
            let outcome = stream.readLine(
                limit: limits.lineSize,
                idle: limits.idle,
                transfer: limits.transfer
            )
            // One that had to give way is not obeyed: it could not be told what became of its line.
            let descriptor = stream.descriptor
            let hasPlace = desk.withLock { $0.silentSince.removeValue(forKey: descriptor) != nil }
            guard hasPlace else { return }
            defer { desk.withLock { $0.silentSince[descriptor] = .now } }
            switch outcome {
            case .line(let line):
                guard stream.write(answer(line), within: limits.transfer) else { return }
            case .tooLong:
                _ = stream.write(tooLongLine, within: limits.transfer)
                return
            case .end, .late: return
            }
        }
    }
}

extension LocalSocketServer.Desk {
    /// Ends the connection that has been silent for longest, if it was for `grace`; false where none was.
    fileprivate mutating func makeRoom(_ grace: Duration) -> Bool {
        let now = ContinuousClock.now
        guard let oldest = silentSince.min(by: { $0.value < $1.value }), now - oldest.value >= grace
        else { return false }
        let descriptor = oldest.key
        silentSince[descriptor] = nil
        open.remove(descriptor)
        if let place = waiting.firstIndex(of: descriptor) {
            waiting.remove(at: place)
            close(descriptor)
        } else {
            // Its worker sees the end, and closes it.
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
        return true
    }
}
