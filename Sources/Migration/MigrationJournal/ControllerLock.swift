package import Failures
internal import Files
internal import Flow

/// The right to control the migrations of one state folder; one process at a time has it.
///
/// It is a lock of the system on `controller.lock`, so it ends with its process, however that ends.
package struct ControllerLock: ~Copyable {
    private let lock: FileLock

    private init(_ lock: consuming FileLock) { self.lock = lock }

    /// Takes the lock of a state folder, which is created if it is missing.
    ///
    /// - Throws: `MIG_STATE_LOCKED`, which names the process that has it; `IO_WRITE`, `IO_SPACE`.
    package static func take(in state: String) throws(Failure) -> ControllerLock {
        try Directory.create(state)
        let path = path(in: state)
        guard let lock = try tryLock(path) else {
            throw try refusal(in: state)
        }
        try lock.recordHolder()
        return ControllerLock(lock)
    }

    /// The failure of whoever finds the lock taken; it names the process that has it.
    package static func refusal(in state: String) throws(Failure) -> Failure {
        let holder = try FileLock.holder(of: path(in: state)).map { "process \($0)" }
        return Failure(
            "MIG_STATE_LOCKED",
            blame: .request,
            "\(holder ?? "another process") controls the migrations of \(state)",
            remedy: "let it do the work, end it, or choose another folder with --state"
        )
    }

    /// Whoever only looks takes the lock for a moment, so one refusal says little.
    private static func tryLock(_ path: String) throws(Failure) -> FileLock? {
        for _ in 0..<5 {
            if let lock = try FileLock.tryLock(path) { return lock }
            pause(for: .milliseconds(10))
        }
        return nil
    }

    /// The process that holds the lock now; nil where nobody does, or where it has not said so yet.
    package static func holder(in state: String) throws(Failure) -> Int? {
        guard case .file = try Directory.kind(of: path(in: state)),
            try FileLock.isHeld(path(in: state))
        else { return nil }
        return try FileLock.holder(of: path(in: state))
    }

    /// Whether a controller is running.
    package static func isHeld(in state: String) throws(Failure) -> Bool {
        guard case .file = try Directory.kind(of: path(in: state)) else { return false }
        return try FileLock.isHeld(path(in: state))
    }

    private static func path(in state: String) -> String {
        Directory.join(state, "controller.lock")
    }
}
