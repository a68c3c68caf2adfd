package import Failures
private import Glibc

/// An operating-system thread for computing: the cooperative pool is for waiting, not for work.
///
/// SAFETY: `@unchecked Sendable` holds because `handle` is set before anybody else sees the object, and
/// `join` is called once, by the owner.
package final class WorkerThread: @unchecked Sendable {
    private var handle = pthread_t()

    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread that runs `body` once.
    ///
    /// - Parameters:
    ///   - processor: index of the only CPU the thread may run on, or nil for any.
    ///   - body: what the thread does; it ends when `body` returns.
    /// - Throws: `FLOW_THREAD` where the system refuses another thread, `CFG_AFFINITY_UNSUPPORTED` where it does
    ///   not bind to the CPU.
    package init(
        processor: Int? = nil,
        _ body: @escaping @Sendable () -> Void
    ) throws(Failure) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        if let processor { try Self.bind(&attributes, to: processor) }
        let start = unsafe Unmanaged.passRetained(Start(body))
        let code = unsafe pthread_create(
            &handle,
            &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                // SAFETY: the pointer is the one retained reference made below `pthread_create`'s caller.
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                start.body()
                return nil
            },
            unsafe start.toOpaque()
        )
        guard code == 0 else {
            unsafe start.release()
            // An impossible CPU is only refused here, not when the attribute is set.
            if code == EINVAL, let processor { throw Self.unbindable(processor, code) }
            throw Failure(
                "FLOW_THREAD",
                blame: .outside,
                isRetryable: true,
                "the system refused another thread (error \(code))",
                remedy: "use fewer partitions, or raise the limit on processes (`ulimit -u`)"
            )
        }
    }

    /// Waits until the thread has ended; to be called exactly once.
    package func join() { pthread_join(handle, nil) }

    private typealias SetAffinity =
        @convention(c) (
            UnsafeMutablePointer<pthread_attr_t>, Int, UnsafePointer<cpu_set_t>
        ) -> Int32

    private static func bind(
        _ attributes: inout pthread_attr_t,
        to processor: Int
    ) throws(Failure) {
        var set = cpu_set_t()
        let size = MemoryLayout<cpu_set_t>.size
        unsafe withUnsafeMutableBytes(of: &set) { bytes in
            guard processor >= 0, processor >> 3 < bytes.count else { return }
            unsafe bytes[processor >> 3] |= UInt8(1) << UInt8(processor & 7)
        }
        // The function is a GNU extension that the Glibc module does not show, so it is looked up by name.
        var code: Int32 = -1
        if let symbol = unsafe dlsym(nil, "pthread_attr_setaffinity_np") {
            // SAFETY: the symbol has this signature in every libc that has it (pthread_attr_setaffinity_np(3)).
            let setAffinity = unsafe unsafeBitCast(symbol, to: SetAffinity.self)
            code = unsafe setAffinity(&attributes, size, &set)
        }
        guard code == 0 else { throw unbindable(processor, code) }
    }

    private static func unbindable(_ processor: Int, _ code: Int32) -> Failure {
        Failure(
            "CFG_AFFINITY_UNSUPPORTED",
            blame: .outside,
            "a thread cannot be bound to CPU \(processor) here (error \(code))",
            remedy: "leave `affinity` out of the processor string"
        )
    }
}

/// Number of CPUs that are online; 8 where the system does not tell.
package func onlineProcessorCount() -> Int {
    let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return count > 0 ? count : 8
}
