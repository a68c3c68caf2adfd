internal import Failures
internal import Files
internal import Foundation
internal import Processes

/// Where Java, Flink's jars and the program that hands statements to Flink are.
struct FlinkInstallation: Sendable {
    let java: String
    /// The folder with the jars.
    let library: String
    /// `SqlRunner.java`, which is run from source.
    let runner: String

    private static let oldestJava = 17

    /// Packages of Java that Flink reaches into.
    private static let opened = [
        "java.util", "java.lang", "java.lang.reflect", "java.net", "java.io", "java.nio",
        "sun.nio.ch", "java.text", "java.time", "java.util.concurrent",
        "java.util.concurrent.atomic", "java.util.concurrent.locks",
    ]

    /// Looks for everything, `FLINK_LIB` and `JAVA_HOME` first.
    ///
    /// - Throws: `FLINK_NOT_INSTALLED`, `FLINK_JAVA`, `CFG_MISSING`.
    init(_ console: Console, _ installation: Installation = .current) throws(Failure) {
        guard let resources = installation.resources else {
            throw Failure(
                "CFG_MISSING",
                blame: .request,
                "this program stands alone, without scripts/flink/SqlRunner.java",
                remedy: "run it from a clone, or install it with scripts/install"
            )
        }
        runner = Directory.join(resources, "scripts/flink/SqlRunner.java")
        library = try Self.library(console.environment, resources)
        java = try Self.java(console)
    }

    /// The command line, with arguments for `SqlRunner`.
    func command(_ arguments: [String]) -> ChildProcess {
        let opens = Self.opened.flatMap { ["--add-opens", "java.base/\($0)=ALL-UNNAMED"] }
        let quiet = ["-Dlog4j2.level=OFF", "-Dlog4j2.statusLoggerLevel=OFF"]
        let path = ["-cp", library + "/*", runner]
        return ChildProcess(java, opens + quiet + path + arguments)
    }

    private static func library(
        _ environment: [String: String],
        _ resources: String
    ) throws(Failure) -> String {
        let named = environment["FLINK_LIB"].flatMap { $0.isEmpty ? nil : $0 }
        let folder = named ?? Directory.join(resources, ".deps/flink")
        var names: [String] = []
        if case .directory = try Directory.kind(of: folder) {
            names = try Directory.names(in: folder)
        }
        guard names.contains(where: { $0.hasPrefix("flink-dist") && $0.hasSuffix(".jar") }) else {
            throw Failure(
                "FLINK_NOT_INSTALLED",
                blame: .request,
                "\(folder) has no flink-dist jar",
                remedy: named == nil
                    ? "fetch Flink's jars (330 MB) with scripts/install-peers flink, or set FLINK_LIB to a folder with them"
                    : "set FLINK_LIB to the folder with Flink's jars"
            )
        }
        return folder
    }

    private static func java(_ console: Console) throws(Failure) -> String {
        let home = console.environment["JAVA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        let program = home.map { Directory.join($0, "bin/java") } ?? "java"
        let report: ChildProcess.Report
        do throws(Failure) {
            report = try ChildProcess(program, ["-version"]).run {
                console.interruption.isRequested
            }
        } catch {
            throw noJava("\(program) cannot be started")
        }
        let text = report.errorText + report.outputText
        let version = text.firstMatch(of: /version "(?:1\.)?(\d+)/).flatMap { Int($0.1) }
        guard let version, version >= oldestJava else {
            let found = version.map { "is Java \($0)" } ?? "does not tell its version"
            throw noJava("\(program) \(found)")
        }
        return program
    }

    private static func noJava(_ problem: String) -> Failure {
        Failure(
            "FLINK_JAVA",
            blame: .request,
            "Flink needs Java \(oldestJava) or newer, but \(problem)",
            remedy: "install openjdk-17-jdk-headless, or set JAVA_HOME"
        )
    }
}
