internal import Glibc

/// Feeds and hears a child until it has ended, then ends what is left of its group.
struct ChildWatch {
    private let process: ChildProcess
    private let child: pid_t
    private let streams: ChildStreams
    private let deadline: ContinuousClock.Instant
    private var inputOffset = 0
    private var outputs: [[UInt8]] = [[], []]
    /// Why this module ended the group, if it did, and when it stops being patient.
    private var reason: ChildProcess.Ending?
    private var killTime: ContinuousClock.Instant?

    init(_ process: ChildProcess, _ child: pid_t, _ streams: ChildStreams) {
        self.process = process
        self.child = child
        self.streams = streams
        deadline = .now + process.timeLimit
    }

    mutating func finish(_ isStopped: () -> Bool) -> ChildProcess.Report {
        while !hasEnded() {
            exchange(waitMilliseconds: streams.parentEnds[1...].allSatisfy { $0 < 0 } ? 5 : 50)
            decide(isStopped)
        }
        // The child has ended but is not yet reaped, so its number, which is the group's, is still its own.
        kill(-child, SIGKILL)
        exchange(waitMilliseconds: 0)
        return ChildProcess.Report(ending: reap(), output: outputs[0], errorOutput: outputs[1])
    }

    /// Whether the child has ended; leaves it to be reaped.
    private func hasEnded() -> Bool {
        var information = unsafe siginfo_t()
        // SAFETY: the structure lives during the call.
        let code = unsafe waitid(P_PID, id_t(child), &information, WEXITED | WNOHANG | WNOWAIT)
        // The call fills the signal's number only where the child has ended.
        return unsafe code == 0 ? information.si_signo == SIGCHLD : errno != EINTR
    }

    private mutating func exchange(waitMilliseconds: Int32) {
        var polls: [pollfd] = []
        for (stream, end) in streams.parentEnds.enumerated() where end >= 0 {
            polls.append(pollfd(fd: end, events: Int16(stream == 0 ? POLLOUT : POLLIN), revents: 0))
        }
        // SAFETY: the array lives during the call, and its count is handed over with it.
        _ = unsafe poll(&polls, nfds_t(polls.count), waitMilliseconds)
        if streams.parentEnds[0] >= 0 {
            inputOffset = streams.write(process.input, from: inputOffset)
        }
        for stream in 1...2 where streams.parentEnds[stream] >= 0 {
            let fits = streams.read(stream, into: &outputs[stream - 1], limit: process.outputLimit)
            guard !fits else { continue }
            streams.closeParentEnd(stream)
            end(.outputLimitReached)
        }
    }

    private mutating func decide(_ isStopped: () -> Bool) {
        let now = ContinuousClock.now
        if isStopped() { end(.stopped) }
        if now >= deadline { end(.timedOut) }
        if let killTime, now >= killTime { kill(-child, SIGKILL) }
    }

    /// Asks the group to end; the first reason stays.
    private mutating func end(_ reason: ChildProcess.Ending) {
        guard self.reason == nil else { return }
        self.reason = reason
        killTime = .now + process.graceTime
        kill(-child, SIGTERM)
    }

    private func reap() -> ChildProcess.Ending {
        var status: Int32 = 0
        // SAFETY: the number lives during the call.
        var reaped = unsafe waitpid(child, &status, 0)
        while reaped < 0, errno == EINTR { reaped = unsafe waitpid(child, &status, 0) }
        precondition(reaped == child, "nobody else reaps the children that are started here")
        if let reason { return reason }
        // The encoding of wait(2) on Linux: the signal in the low seven bits, the exit status above eight.
        let signal = status & 0x7F
        return signal == 0 ? .exited(status: Int(status >> 8 & 0xFF)) : .signalled(Int(signal))
    }
}
