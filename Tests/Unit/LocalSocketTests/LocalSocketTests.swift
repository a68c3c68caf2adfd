internal import Failures
internal import Foundation
internal import LocalSocket
internal import TestKit
internal import Testing

@Suite("Local sockets", .timeLimit(.minutes(1)), .scratchDirectory)
struct LocalSocketTests {
    private static func limits() -> LocalSocketLimits {
        var limits = LocalSocketLimits()
        limits.idle = .seconds(5)
        limits.transfer = .seconds(2)
        limits.grace = .seconds(60)
        return limits
    }

    /// A server that answers with what it was sent, doubled.
    private static func serve(
        _ path: String,
        _ limits: LocalSocketLimits = limits()
    ) throws(Failure) -> LocalSocketServer {
        try LocalSocketServer(
            path: path,
            limits: limits,
            busyLine: Array("busy".utf8),
            tooLongLine: Array("long".utf8)
        ) { $0 + $0 }
    }

    private static func ask(_ client: LocalSocketClient, _ text: String) throws -> String {
        let answer = try client.ask(Array(text.utf8), within: .seconds(5))
        return String(decoding: answer, as: UTF8.self)
    }

    @Test("Each line gets its answer, on several connections at a time")
    func linesAreAnswered() throws {
        let path = try scratchPath("control.sock")
        let server = try Self.serve(path)
        defer { server.stop() }
        var clients: [LocalSocketClient] = []
        for _ in 0..<5 { clients.append(try #require(try LocalSocketClient.connect(to: path))) }
        for round in 0..<3 {
            for (number, client) in clients.enumerated() {
                #expect(
                    try Self.ask(client, "\(round).\(number)|")
                        == "\(round).\(number)|\(round).\(number)|"
                )
            }
        }
        let long = String(repeating: "x", count: 400_000)
        #expect(try Self.ask(clients[0], long) == long + long)
        #expect(try Self.ask(clients[1], "") == "")
    }

    @Test("Only the owner may connect, and the file goes with the server")
    func fileIsPrivate() throws {
        let path = try scratchPath("control.sock")
        let server = try Self.serve(path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        server.stop()
        server.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try LocalSocketClient.connect(to: path) == nil)
    }

    @Test("A dead server's file is replaced, a living one's is not, and no other file is")
    func staleFilesAreReplaced() throws {
        let path = try scratchPath("control.sock")
        let moved = try scratchPath("moved")
        let dead = try Self.serve(path)
        // The file of a server that is stopped under another name stays, as after a kill.
        try FileManager.default.moveItem(atPath: path, toPath: moved)
        dead.stop()
        try FileManager.default.moveItem(atPath: moved, toPath: path)
        #expect(try LocalSocketClient.connect(to: path) == nil)
        let server = try Self.serve(path)
        defer { server.stop() }
        let failure = #expect(throws: Failure.self) { try Self.serve(path) }
        #expect(failure?.problem.contains("another process answers") == true)
        let client = try #require(try LocalSocketClient.connect(to: path))
        #expect(try Self.ask(client, "a") == "aa")

        let other = try scratchPath("notes.txt")
        try Data("mine".utf8).write(to: URL(fileURLWithPath: other))
        let refusal = #expect(throws: Failure.self) { try Self.serve(other) }
        #expect(refusal?.problem.contains("is no socket") == true)
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "mine")
    }

    @Test("One connection too many is told so, and finds room once another one ends")
    func connectionsAreBounded() throws {
        var limits = Self.limits()
        limits.connectionCount = 2
        let path = try scratchPath("control.sock")
        let server = try Self.serve(path, limits)
        defer { server.stop() }
        var clients: [LocalSocketClient] = []
        for _ in 0..<2 {
            let client = try #require(try LocalSocketClient.connect(to: path))
            _ = try Self.ask(client, "a")
            clients.append(client)
        }
        let third = try #require(try LocalSocketClient.connect(to: path))
        let answer = try? Self.ask(third, "c")
        // The server may have closed before the line was sent.
        #expect(answer == nil || answer == "busy")
        clients.removeLast()
        var found = false
        for _ in 0..<200 where !found {
            if let client = try LocalSocketClient.connect(to: path) {
                found = (try? Self.ask(client, "d")) == "dd"
            }
            if !found { Thread.sleep(forTimeInterval: 0.01) }
        }
        #expect(found)
    }

    @Test("Connections that do not ask give way to those that do, also under the usual limits")
    func silentConnectionsGiveWay() throws {
        for var limits in [LocalSocketLimits(), Self.limits()] {
            limits.grace = .milliseconds(100)
            limits.idle = .seconds(50)
            let path = try scratchPath("control.sock")
            let server = try Self.serve(path, limits)
            defer { server.stop() }
            var silent: [LocalSocketClient] = []
            for _ in 0..<limits.connectionCount {
                silent.append(try #require(try LocalSocketClient.connect(to: path)))
            }
            Thread.sleep(forTimeInterval: 0.3)
            var asking: [LocalSocketClient] = []
            for _ in 0..<limits.connectionCount {
                let client = try #require(try LocalSocketClient.connect(to: path))
                #expect(try Self.ask(client, "a") == "aa")
                asking.append(client)
            }
            for client in silent {
                #expect(throws: Failure.self) { try Self.ask(client, "b") }
            }
            // Whoever has just asked keeps its place.
            #expect(try Self.ask(try #require(asking.last), "c") == "cc")
        }
    }

    @Test("Lines that are too long are refused on both sides")
    func linesAreBounded() throws {
        var small = Self.limits()
        small.lineSize = 100
        let path = try scratchPath("control.sock")
        let server = try Self.serve(path, small)
        defer { server.stop() }
        let line = String(repeating: "x", count: 101)
        let bounded = try #require(try LocalSocketClient.connect(to: path, limits: small))
        let failure = #expect(throws: Failure.self) { try Self.ask(bounded, line) }
        #expect(failure?.problem.contains("more than 100 bytes") == true)
        let careless = try #require(try LocalSocketClient.connect(to: path))
        #expect(try Self.ask(careless, line) == "long")
        #expect(throws: Failure.self) { try Self.ask(careless, "a") }
    }

    @Test("A silent connection is closed, and a server that stops ends its clients")
    func silenceEnds() throws {
        var limits = Self.limits()
        limits.idle = .milliseconds(50)
        let path = try scratchPath("control.sock")
        let server = try Self.serve(path, limits)
        let client = try #require(try LocalSocketClient.connect(to: path))
        #expect(try Self.ask(client, "a") == "aa")
        Thread.sleep(forTimeInterval: 0.3)
        #expect(throws: Failure.self) { try Self.ask(client, "b") }
        server.stop()

        let next = try Self.serve(path)
        let last = try #require(try LocalSocketClient.connect(to: path))
        #expect(try Self.ask(last, "a") == "aa")
        next.stop()
        let failure = #expect(throws: Failure.self) { try Self.ask(last, "b") }
        #expect(failure?.code == "IO_SOCKET")
        #expect(failure?.isRetryable == true)
    }

    @Test("A client does not wait for ever")
    func slowServersAreLeft() throws {
        let path = try scratchPath("control.sock")
        let server = try LocalSocketServer(
            path: path,
            limits: Self.limits(),
            busyLine: [],
            tooLongLine: []
        ) { line in
            Thread.sleep(forTimeInterval: 0.5)
            return line
        }
        defer { server.stop() }
        let client = try #require(try LocalSocketClient.connect(to: path))
        let failure = #expect(throws: Failure.self) {
            try client.ask(Array("a".utf8), within: .milliseconds(50))
        }
        #expect(failure?.problem.contains("did not answer") == true)
    }

    @Test("A long path works as well; a name that is too long is refused with its remedy")
    func longPaths() throws {
        var folder = try scratchPath(String(repeating: "d", count: 100))
        folder += "/" + String(repeating: "e", count: 100)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/control.sock"
        let server = try Self.serve(path)
        defer { server.stop() }
        let client = try #require(try LocalSocketClient.connect(to: path))
        #expect(try Self.ask(client, "a") == "aa")
        let failure = #expect(throws: Failure.self) {
            try Self.serve(folder + "/" + String(repeating: "f", count: 120))
        }
        #expect(failure?.problem.contains("too long") == true)
    }
}
