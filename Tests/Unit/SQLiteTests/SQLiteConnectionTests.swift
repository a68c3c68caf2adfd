internal import Failures
internal import Foundation
internal import SQLite
internal import TestKit
internal import Testing

/// The statements of these tests.
enum Notes {
    static let create = SQLiteStatement(
        "notes.create",
        "CREATE TABLE IF NOT EXISTS notes(id INTEGER PRIMARY KEY, value, parent REFERENCES notes)"
    )
    static let insert = SQLiteStatement("notes.insert", "INSERT INTO notes(value) VALUES (?1)")
    static let adopt = SQLiteStatement(
        "notes.adopt",
        "INSERT INTO notes(value, parent) VALUES (?1, ?2)"
    )
    static let all = SQLiteStatement("notes.all", "SELECT id, value FROM notes ORDER BY id")
    static let count = SQLiteStatement("notes.count", "SELECT count(*) AS n FROM notes")

    static func path() throws -> String {
        try #require(ScratchDirectory.current).appending(path: "notes.db").path
    }

    static func open(
        _ path: String,
        _ options: SQLiteOptions = SQLiteOptions()
    ) throws -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, options: options)
        if options.access == .create { try connection.execute(create) }
        return connection
    }
}

extension SQLiteConnection {
    func noteCount() throws -> Int { try rows(Notes.count)[0].integer("n") }
}

@Suite("SQLite connections", .scratchDirectory, .timeLimit(.minutes(1)))
struct SQLiteConnectionTests {
    @Test("Values of every type come back as they were, also after the file was closed")
    func valuesComeBack() throws {
        let path = try Notes.path()
        let values: [SQLiteValue] = [
            .null, .integer(.min), .integer(.max), .real(-0.5), .text(""), .text("Zürich\u{0}!"),
            .bytes([]), .bytes([0, 255, 7]),
        ]
        do {
            let connection = try Notes.open(path)
            for value in values { #expect(try connection.execute(Notes.insert, value) == 1) }
        }
        let connection = try Notes.open(path, SQLiteOptions(access: .readWrite))
        let rows = try connection.rows(Notes.all)
        #expect(rows.map { $0["value"] } == values)
        #expect(try rows.map { try $0.integer("id") } == Array(1...values.count))
    }

    @Test("A commit is durable before it returns: write-ahead log, full synchronisation, checks on")
    func settingsHold() throws {
        let connection = try Notes.open(try Notes.path())
        #expect(try connection.setting("journal_mode") == "wal")
        #expect(try connection.setting("synchronous") == 2)
        #expect(try connection.setting("foreign_keys") == 1)
        #expect(try connection.setting("busy_timeout") == 5000)
    }

    @Test("A transaction that throws leaves nothing behind, and the next one works")
    func transactionsAreWhole() throws {
        let connection = try Notes.open(try Notes.path())
        let stop = Failure("STOP", blame: .request, "stopped", remedy: "")
        let failure = #expect(throws: Failure.self) {
            try connection.transaction { () throws(Failure) in
                try connection.execute(Notes.insert, "lost")
                throw stop
            }
        }
        #expect(failure == stop)
        #expect(try connection.noteCount() == 0)
        let result = try connection.transaction { () throws(Failure) in
            try connection.execute(Notes.insert, "kept")
        }
        #expect(result == 1)
        #expect(try connection.noteCount() == 1)
    }

    @Test("A foreign key that points nowhere is refused with the statement's name")
    func foreignKeysHold() throws {
        let connection = try Notes.open(try Notes.path())
        let failure = #expect(throws: Failure.self) {
            try connection.execute(Notes.adopt, "orphan", 77)
        }
        #expect(failure?.code == "STATE_CONSTRAINT")
        #expect(failure?.problem.hasPrefix("notes.adopt on ") == true)
        #expect(failure?.cause?.contains("FOREIGN KEY") == true)
    }

    @Test("A second writer waits, then fails with STATE_BUSY; readers see the last commit")
    func writersWait() throws {
        let path = try Notes.path()
        let first = try Notes.open(path)
        let second = try Notes.open(path, SQLiteOptions(busyTimeout: .milliseconds(50)))
        try first.transaction { () throws(Failure) in
            try first.execute(Notes.insert, "one")
            do throws(Failure) {
                try second.transaction { () throws(Failure) in
                    try second.execute(Notes.insert, "two")
                }
                Issue.record("two writers at once")
            } catch {
                #expect(error.code == "STATE_BUSY")
                #expect(error.isRetryable)
            }
            let seen = try second.rows(Notes.count)[0].integer("n")
            #expect(seen == 0)
        }
        #expect(try second.noteCount() == 1)
        #expect(try second.execute(Notes.insert, "two") == 1)
    }

    @Test("Another process's commits are seen, and its lock is felt")
    func processesShare() throws {
        let path = try Notes.path()
        let connection = try Notes.open(path, SQLiteOptions(busyTimeout: .milliseconds(50)))
        let script = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1], isolation_level=None)
            db.execute("INSERT INTO notes(value) VALUES ('theirs')")
            db.execute("BEGIN IMMEDIATE")
            print("locked", flush=True)
            sys.stdin.readline()
            """
        let other = Process()
        let (input, output) = (Pipe(), Pipe())
        other.executableURL = URL(filePath: "/usr/bin/env")
        other.arguments = ["python3", "-c", script, path]
        other.standardInput = input
        other.standardOutput = output
        try other.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        #expect(line.hasPrefix("locked"))
        let failure = #expect(throws: Failure.self) {
            try connection.execute(Notes.insert, "ours")
        }
        #expect(failure?.code == "STATE_BUSY")
        #expect(try connection.rows(Notes.all).map { $0["value"] } == ["theirs"])
        try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        other.waitUntilExit()
        #expect(try connection.execute(Notes.insert, "ours") == 1)
    }

    @Test("A value beyond the limit is refused, and a column of another type is told")
    func limitsAndTypes() throws {
        let connection = try Notes.open(try Notes.path(), SQLiteOptions(valueSizeLimit: 1000))
        let long = SQLiteValue.text(String(repeating: "x", count: 1001))
        let failure = #expect(throws: Failure.self) { try connection.execute(Notes.insert, long) }
        #expect(failure?.code == "STATE_LIMIT")
        try connection.execute(Notes.insert, 5)
        let row = try connection.rows(Notes.all)[0]
        let mismatch = #expect(throws: Failure.self) { _ = try row.text("value") }
        #expect(mismatch?.code == "STATE_CORRUPT")
        #expect(
            mismatch?.problem
                == "notes.all: column value holds the integer 5 where a text should be"
        )
    }

    @Test("Rows stop when the reader has enough, and the statement can run again")
    func readersStopEarly() throws {
        let connection = try Notes.open(try Notes.path())
        for value in 0..<5 { try connection.execute(Notes.insert, .integer(Int64(value))) }
        for _ in 0..<2 {
            var seen: [Int] = []
            try connection.forEachRow(Notes.all) { (row) throws(Failure) in
                seen.append(try row.integer("value"))
                return seen.count < 3
            }
            #expect(seen == [0, 1, 2])
        }
    }
}
