internal import CFaultyDisk
internal import Failures
internal import Foundation
internal import SQLite
internal import TestKit
internal import Testing

/// A file system of a few hundred kilobytes; nil where this process may not mount one.
private struct TinyDisk: ~Copyable {
    let folder: URL

    static func mounted(at folder: URL) -> Bool {
        run("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder.path])
    }

    static let isPossible: Bool = {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "cutover-mount-\(UUID().uuidString)", directoryHint: .isDirectory)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        guard mounted(at: folder) else { return false }
        return run("umount", [folder.path])
    }()

    init(_ folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try #require(Self.mounted(at: folder))
        self.folder = folder
    }

    deinit { _ = Self.run("umount", ["-l", folder.path]) }

    private static func run(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

@Suite("SQLite's faults", .scratchDirectory, .serialized, .timeLimit(.minutes(2)))
struct SQLiteFaultTests {
    private var faulty: SQLiteOptions { SQLiteOptions(fileLayer: "faulty") }

    init() { #expect(faulty_disk_register() == 0) }

    @Test("A full disk is IO_SPACE, keeps nothing of the transaction, and goes away with the cause")
    func fullDiskIsTold() throws {
        let connection = try Notes.open(try Notes.path(), faulty)
        try connection.execute(Notes.insert, "before")
        faulty_disk_arm(2, FAULTY_DISK_FULL)
        let failure = #expect(throws: Failure.self) {
            try connection.transaction { () throws(Failure) in
                try connection.execute(Notes.insert, "lost")
            }
        }
        faulty_disk_arm(0, FAULTY_DISK_FULL)
        #expect(failure?.code == "IO_SPACE")
        #expect(failure?.problem.hasPrefix("commit on ") == true)
        #expect(failure?.remedy.contains("free space") == true)
        #expect(try connection.noteCount() == 1)
        #expect(try connection.execute(Notes.insert, "after") == 1)
    }

    @Test("A disk that fails at any one operation leaves the old rows or the new ones")
    func failingDiskLeavesWholeStates() throws {
        let path = try Notes.path()
        let connection = try Notes.open(path, faulty)
        var count = 0
        for number in 1...12 {
            faulty_disk_arm(number, FAULTY_DISK_ERROR)
            var failed: Failure?
            do throws(Failure) {
                try connection.transaction { () throws(Failure) in
                    try connection.execute(Notes.insert, "a")
                    try connection.execute(Notes.insert, "b")
                }
            } catch { failed = error }
            faulty_disk_arm(0, FAULTY_DISK_ERROR)
            if let failed { #expect(failed.code == "IO_WRITE") }
            let now = try connection.noteCount()
            #expect(now == (failed == nil ? count + 2 : count), "operation \(number)")
            count = now
        }
        #expect(count > 0)
        #expect(try Notes.open(path).noteCount() == count)
    }

    @Test("A process killed at any write leaves the rows before or after its transaction")
    func killedWritersLeaveWholeStates() async throws {
        let path = try Notes.path()
        try Notes.open(path).execute(Notes.insert, "first")
        faulty_disk_arm(0, FAULTY_DISK_KILL)
        let options = faulty
        do {
            let connection = try Notes.open(path, options)
            try connection.transaction { () throws(Failure) in
                try connection.execute(Notes.insert, "a")
                try connection.execute(Notes.insert, "b")
            }
        }
        let operations = faulty_disk_count()
        #expect(operations > 3)
        var count = 3
        for number in 1...operations {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, number = number as Int] in
                _ = faulty_disk_register()
                faulty_disk_arm(number, FAULTY_DISK_KILL_TORN)
                let connection = try Notes.open(path, SQLiteOptions(fileLayer: "faulty"))
                try connection.transaction { () throws(Failure) in
                    try connection.execute(Notes.insert, "a")
                    try connection.execute(Notes.insert, "b")
                }
                _ = connection
            }
            let connection = try Notes.open(path)
            let now = try connection.noteCount()
            #expect(now == count || now == count + 2, "killed at operation \(number)")
            try connection.checkIntegrity()
            count = now
        }
    }

    @Test(
        "A file system without space is IO_SPACE",
        .enabled(if: TinyDisk.isPossible, "this process may not mount a file system")
    )
    func fullFileSystemIsTold() throws {
        let folder = try #require(ScratchDirectory.current).appending(path: "tiny")
        let disk = try TinyDisk(folder)
        let connection = try Notes.open(disk.folder.appending(path: "notes.db").path)
        var failure: Failure?
        var count = 0
        while failure == nil, count < 10_000 {
            do throws(Failure) {
                try connection.execute(Notes.insert, .text(String(repeating: "x", count: 4000)))
                count += 1
            } catch { failure = error }
        }
        #expect(failure?.code == "IO_SPACE", "\(failure?.description ?? "nothing failed")")
        #expect(try connection.noteCount() == count)
    }

    @Test("A file that is no database, and one with a damaged page, are STATE_CORRUPT")
    func damageIsTold() throws {
        let path = try Notes.path()
        do {
            let connection = try Notes.open(path)
            for number in 0..<400 {
                try connection.execute(Notes.insert, .text("note number \(number)"))
            }
            try connection.checkIntegrity()
        }
        let url = URL(filePath: path)
        let whole = try Data(contentsOf: url)
        var damaged = whole
        // The first byte of the third page says what kind of page it is.
        damaged[2 * 4096] ^= 0x40
        try damaged.write(to: url)
        let failure = #expect(throws: Failure.self) {
            try Notes.open(path, SQLiteOptions(access: .readOnly)).checkIntegrity()
        }
        #expect(failure?.code == "STATE_CORRUPT")
        try Data("this is no database, it is a text".utf8).write(to: url)
        let foreign = #expect(throws: Failure.self) { _ = try Notes.open(path) }
        #expect(foreign?.code == "STATE_CORRUPT")
        #expect(foreign?.problem.contains("no SQLite database") == true)
        try whole.write(to: url)
        #expect(try Notes.open(path).noteCount() == 400)
    }

    @Test("A database opened for reading refuses to be written, a missing one to be opened")
    func accessHolds() throws {
        let path = try Notes.path()
        let missing = #expect(throws: Failure.self) {
            _ = try Notes.open(path, SQLiteOptions(access: .readWrite))
        }
        #expect(missing?.code == "IO_READ")
        try Notes.open(path).execute(Notes.insert, "one")
        let reader = try Notes.open(path, SQLiteOptions(access: .readOnly))
        #expect(try reader.noteCount() == 1)
        let refused = #expect(throws: Failure.self) { try reader.execute(Notes.insert, "two") }
        #expect(refused?.code == "IO_WRITE")
    }
}
