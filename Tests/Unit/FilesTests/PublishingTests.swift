internal import Failures
internal import Files
internal import Glibc
internal import TestKit
internal import Testing

@Suite("Publishing", .scratchDirectory)
struct PublishingTests {
    private static func write(_ text: String, _ file: borrowing PendingFile) throws {
        let bytes = Array(text.utf8)
        try file.write(bytes.span)
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try Directory.read(path, limit: 1000), as: UTF8.self)
    }

    @Test("a pending file is hidden until it is published")
    func pendingFilesAreHidden() throws {
        let path = try scratchPath("part.csv")
        let folder = try #require(Directory.parent(of: path))
        let file = try PendingFile(path: path)
        try Self.write("one", file)
        #expect(try Directory.files(below: folder) == [])
        #expect(try Directory.names(in: folder) == [".part.csv.inprogress"])
        try file.publish()
        #expect(try Directory.names(in: folder) == ["part.csv"])
        #expect(try Self.text(path) == "one")
    }

    @Test("a pending file that is given up leaves nothing, and not the old bytes changed")
    func abandonedFilesLeaveNothing() throws {
        let path = try scratchPath("part.csv")
        try PendingFile.publishing("old", at: path)
        do {
            let file = try PendingFile(path: path)
            try Self.write("new", file)
        }
        #expect(try Directory.names(in: try #require(Directory.parent(of: path))) == ["part.csv"])
        #expect(try Self.text(path) == "old")
        try PendingFile.publishing("new", at: path)
        #expect(try Self.text(path) == "new")
    }

    @Test("create-only publishing refuses a taken name and keeps it")
    func createOnlyRefuses() throws {
        let path = try scratchPath("once")
        try PendingFile.publishing("first", at: path, .refuse)
        let failure = #expect(throws: Failure.self) {
            try PendingFile.publishing("second", at: path, .refuse)
        }
        #expect(failure?.code == "SINK_NOT_EMPTY")
        #expect(failure?.problem.contains(path) == true)
        #expect(try Self.text(path) == "first")
        #expect(try Directory.names(in: try #require(Directory.parent(of: path))) == ["once"])
    }

    @Test("a missing directory is a failure that names the path")
    func missingDirectory() throws {
        let path = try scratchPath("nowhere/part.csv")
        let failure = #expect(throws: Failure.self) {
            try PendingFile.publishing("x", at: path)
        }
        #expect(failure?.code == "IO_WRITE")
        #expect(failure?.problem.contains("nowhere") == true)
    }

    @Test("a mapped file has the file's bytes, also when it has none")
    func mappedFilesHaveBytes() throws {
        for text in ["", "x", String(repeating: "0123456789", count: 1000)] {
            let path = try scratchPath("mapped-\(text.count)")
            try PendingFile.publishing(text, at: path)
            let file = try MappedFile(path: path)
            file.adviseSequentialReading()
            #expect(file.byteCount == text.utf8.count)
            let span = file.span
            var bytes: [UInt8] = []
            for index in span.indices { bytes.append(span[index]) }
            #expect(bytes == Array(text.utf8))
        }
        let failure = #expect(throws: Failure.self) { _ = try MappedFile(path: "/nonexistent/x") }
        #expect(failure?.code == "IO_READ")
    }

    @Test("a lock has one holder, and is free again when it goes away")
    func locksHaveOneHolder() throws {
        let path = try scratchPath("lock")
        do {
            let first = try FileLock.tryLock(path)
            let isTaken = first != nil
            #expect(isTaken)
            #expect(try Self.isFree(path) == false)
            withExtendedLifetime(first) {}
        }
        #expect(try Self.isFree(path))
    }

    @Test("a lock's file names its holder until the holder is forgotten")
    func locksNameTheirHolder() throws {
        let path = try scratchPath("lock")
        let taken = try FileLock.tryLock(path)
        let isTaken = taken != nil
        try #require(isTaken)
        #expect(try FileLock.holder(of: path) == nil)
        try taken?.recordHolder()
        #expect(try FileLock.holder(of: path) == Int(getpid()))
        try taken?.forgetHolder()
        #expect(try FileLock.holder(of: path) == nil)
        #expect(try Directory.read(path, limit: 64).isEmpty)
    }

    private static func isFree(_ path: String) throws -> Bool {
        let lock = try FileLock.tryLock(path)
        return lock != nil
    }
}

extension PendingFile {
    /// Publishes a short text.
    fileprivate static func publishing(
        _ text: String,
        at path: String,
        _ conflict: Conflict = .replace
    ) throws {
        let file = try PendingFile(path: path)
        let bytes = Array(text.utf8)
        try file.write(bytes.span)
        try file.publish(conflict)
    }
}
