internal import Failures
internal import Glibc

extension ChildProcess {
    /// Starts the child in a process group of its own and returns its identifier.
    ///
    /// SAFETY: attributes and actions are initialised before use and destroyed after; texts handed to the call live
    /// until it returns.
    func start(_ streams: ChildStreams) throws(Failure) -> pid_t {
        try checkTexts()
        var attributes = posix_spawnattr_t()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawnattr_init(&attributes)
        unsafe posix_spawn_file_actions_init(&actions)
        defer {
            unsafe posix_spawnattr_destroy(&attributes)
            unsafe posix_spawn_file_actions_destroy(&actions)
        }
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        // The child begins with no signal blocked and none ignored, whatever the parent does with them.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        if let directory {
            let code = unsafe Self.changeDirectory(&actions, directory)
            guard code == 0 else { throw startFailure(code) }
        }
        for (number, end) in streams.ends.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, end, Int32(number))
        }
        var child: pid_t = 0
        let words = [program] + arguments
        let variables = environment.map { $0.sorted { $0.key < $1.key }.map { "\($0)=\($1)" } }
        let code = unsafe withTexts(words) { words in
            guard let variables else {
                return unsafe posix_spawnp(&child, program, &actions, &attributes, words, environ)
            }
            return unsafe withTexts(variables) { variables in
                unsafe posix_spawnp(&child, program, &actions, &attributes, words, variables)
            }
        }
        guard code == 0 else { throw startFailure(code) }
        streams.closeChildEnds()
        return child
    }

    /// Makes the child begin in `directory`.
    ///
    /// The system library has had the call since 2018, but Swift's view of its headers leaves it out.
    private static func changeDirectory(
        _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>,
        _ directory: String
    ) -> Int32 {
        typealias Call =
            @convention(c) (
                UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>
            ) -> Int32
        guard let found = unsafe dlsym(nil, "posix_spawn_file_actions_addchdir_np") else {
            return ENOSYS
        }
        // SAFETY: this is the call's signature in spawn.h.
        return unsafe unsafeBitCast(found, to: Call.self)(actions, directory)
    }

    /// The system ends texts at a zero byte, and variables at their first `=`.
    private func checkTexts() throws(Failure) {
        let names = environment.map { Array($0.keys) } ?? []
        let texts = [program] + arguments + (environment.map { Array($0.values) } ?? []) + names
        let isSound =
            !program.isEmpty && texts.allSatisfy { !$0.utf8.contains(0) }
            && names.allSatisfy { !$0.isEmpty && !$0.utf8.contains(0x3D) }
        if !isSound { throw startFailure(EINVAL) }
    }

    /// Lends texts as a C list that ends with NULL.
    private func withTexts(
        _ texts: [String],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
            .allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { unsafe list[index] = unsafe strdup(text) }
        unsafe list[texts.count] = nil
        defer {
            for index in texts.indices { unsafe free(list[index]) }
            unsafe list.deallocate()
        }
        return unsafe body(list)
    }
}
