import Failures
import Files
import Flow
import TestKit
import Testing

@Suite("Files and directories", .scratchDirectory)
struct FilesTests {
    private func write(_ text: String, to name: String) throws -> String {
        let path = try scratchPath(name)
        let bytes = Array(text.utf8)
        try FileSink(path: path, mode: .write).write(bytes.span)
        return path
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try Directory.read(path, limit: 1000), as: UTF8.self)
    }

    @Test("what a sink wrote, a source reads; appending continues it")
    func roundTrip() throws {
        let path = try write("first", to: "a")
        let more = Array(" second".utf8)
        try FileSink(path: path, mode: .append).write(more.span)
        #expect(try text(path) == "first second")
    }

    @Test("a missing file is named, with what was being done")
    func missing() throws {
        let path = try scratchPath("nowhere")
        let error = #expect(throws: Failure.self) { _ = try FileSource(path: path) }
        #expect(error?.code == "IO_READ")
        #expect(error?.problem.contains(path) == true)
    }

    @Test("a write is tried again as often as its policy says, and goes on behind what was written")
    func retries() throws {
        let pause = Duration.milliseconds(1)
        let policy = RetryPolicy(limit: 3, firstPause: pause, longestPause: pause)
        let sink = try FileSink(path: "/dev/full", mode: .append, retry: policy)
        let bytes = Array("text".utf8)
        let error = #expect(throws: Failure.self) { try sink.write(bytes.span) }
        #expect(error?.code == "IO_SPACE")
        #expect(error?.isRetryable == true)
    }

    @Test("creating refuses a file that exists")
    func createOnly() throws {
        let path = try write("x", to: "a")
        let error = #expect(throws: Failure.self) { _ = try FileSink(path: path, mode: .create) }
        #expect(error?.code == "IO_WRITE")
    }

    @Test("a full disk is IO_SPACE")
    func fullDisk() throws {
        let bytes = [UInt8](repeating: 0, count: 1 << 16)
        let sink = try FileSink(path: "/dev/full", mode: .append)
        let error = #expect(throws: Failure.self) { try sink.write(bytes.span) }
        #expect(error?.code == "IO_SPACE")
    }

    @Test("a file is read up to a limit only")
    func readLimit() throws {
        let path = try write("12345", to: "a")
        #expect(try Directory.read(path, limit: 5) == Array("12345".utf8))
        #expect(throws: Failure.self) { _ = try Directory.read(path, limit: 4) }
    }

    @Test("files below a directory come sorted by path, without hidden ones")
    func listing() throws {
        let root = try scratchPath("tree")
        try Directory.create("\(root)/b/deep")
        try Directory.create("\(root)/_skipped")
        for name in ["b/deep/2", "b/1", "a", ".hidden", "_marker", "_skipped/x"] {
            _ = try write("", to: "tree/\(name)")
        }
        let files = try Directory.files(below: root)
        #expect(files.map { String($0.dropFirst(root.count)) } == ["/a", "/b/1", "/b/deep/2"])
    }

    @Test("replacing a file leaves the old or the new bytes, and nothing beside them")
    func replace() throws {
        let path = try write("old", to: "a")
        let new = Array("new".utf8)
        try Directory.replace(path, with: new.span)
        #expect(try text(path) == "new")
        #expect(try Directory.names(in: try scratchPath("")) == ["a"])
    }

    @Test("a lock is taken once, and free again when its holder is gone")
    func lock() throws {
        let path = try scratchPath("lock")
        let isFirst = try FileHandle(path: path, mode: .append).tryLock()
        #expect(isFirst)
        let holder = try FileHandle(path: path, mode: .append)
        let isHeld = try holder.tryLock()
        let isTaken = try FileHandle(path: path, mode: .append).tryLock()
        #expect(isHeld && !isTaken)
        // Reading keeps the holder alive up to here.
        _ = try holder.size()
    }

    @Test("globs find paths by wildcards in any component")
    func globs() throws {
        let root = try scratchPath("g")
        try Directory.create("\(root)/x1")
        try Directory.create("\(root)/x2")
        for name in ["x1/a.csv", "x1/b.txt", "x2/c.csv", "x2/.d.csv"] {
            _ = try write("", to: "g/\(name)")
        }
        let found = try Glob.paths(matching: "\(root)/x?/*.csv")
        #expect(found.map { String($0.dropFirst(root.count)) } == ["/x1/a.csv", "/x2/c.csv"])
        #expect(try Glob.paths(matching: "\(root)/x[13]/[!a]*").map { $0.suffix(5) } == ["b.txt"])
        #expect(try Glob.paths(matching: "\(root)/nope/*").isEmpty)
    }

    @Test("paths join and split by their slashes")
    func paths() {
        #expect(Directory.join("a/", "b") == "a/b")
        #expect(Directory.join("a", "/b") == "/b")
        #expect(Directory.parent(of: "/a/b/") == "/a")
        #expect(Directory.parent(of: "/a") == "/")
        #expect(Directory.parent(of: "a") == nil)
        #expect(Directory.lastComponent(of: "/a/b/") == "b")
    }
}
