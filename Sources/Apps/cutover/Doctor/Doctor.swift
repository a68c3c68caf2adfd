internal import Foundation
internal import Units

/// Looks at what Cutover needs on this machine.
package struct Doctor: Sendable {
    private let installation: Installation
    private let tools: ToolRunner

    package init(installation: Installation, tools: ToolRunner = ToolRunner()) {
        self.installation = installation
        self.tools = tools
    }

    /// Every check, in the order in which a reader wants them.
    ///
    /// Takes about a second: it starts programs.
    package func examine() -> [DoctorCheck] {
        [program, toolchain, arrow, python, java, machine] + disks
    }

    private var program: DoctorCheck {
        let report = VersionReport(version: programVersion, commit: installation.commit)
        switch installation.kind {
        case .clone: return DoctorCheck("program", .ok, "\(report.title), in a clone")
        case .installed: return DoctorCheck("program", .ok, "\(report.title), installed")
        case .alone:
            return DoctorCheck(
                "program",
                .limited,
                "\(report.title), without its folders",
                remedy:
                    "Examples and downloads need a clone, or an installation by scripts/install."
            )
        }
    }

    /// An installed program needs no compiler.
    private var toolchain: DoctorCheck {
        let needed = ToolVersion(6, 3)
        let answer = tools.output(of: "swift", ["--version"])
        let version = answer.flatMap { ToolVersion(in: $0, after: "Swift version") }
        if let version, version >= needed {
            return DoctorCheck("toolchain", .ok, "Swift \(version)")
        }
        return DoctorCheck(
            "toolchain",
            installation.kind == .clone ? .missing : .limited,
            version.map { "Swift \($0)" } ?? "no swift on PATH",
            remedy: "Building needs Swift \(needed) or newer: https://www.swift.org/install/linux/"
        )
    }

    private var arrow: DoctorCheck {
        if installation.kind == .installed {
            return DoctorCheck("arrow", .ok, "beside the program")
        }
        if let resources = installation.resources,
            let mark = try? String(
                contentsOfFile: "\(resources)/.deps/pyarrow/.ready",
                encoding: .utf8
            ),
            let version = ToolVersion(in: mark)
        {
            return DoctorCheck("arrow", .ok, "Arrow \(version) in .deps")
        }
        let answer = tools.output(of: "pkg-config", ["--modversion", "arrow"])
        if let version = answer.flatMap({ ToolVersion(in: $0) }) {
            return DoctorCheck("arrow", .ok, "Arrow \(version) of the system")
        }
        return DoctorCheck(
            "arrow",
            .missing,
            "no Arrow C++",
            remedy: "./cutover fetches it with its next build."
        )
    }

    private var python: DoctorCheck {
        let use = "Needed to fetch Arrow, example data and the engines to compare with: "
        guard let answer = tools.output(of: "python3", ["--version"]),
            let version = ToolVersion(in: answer)
        else {
            return DoctorCheck(
                "python",
                .limited,
                "no python3 on PATH",
                remedy: use + "apt install python3."
            )
        }
        guard
            let pip = tools.output(of: "python3", ["-m", "pip", "--version"]).flatMap({
                ToolVersion(in: $0)
            })
        else {
            return DoctorCheck(
                "python",
                .limited,
                "Python \(version) without pip",
                remedy: use + "apt install python3-pip."
            )
        }
        return DoctorCheck("python", .ok, "Python \(version), pip \(pip)")
    }

    private var java: DoctorCheck {
        let remedy =
            "Only a comparison with Apache Flink needs Java 17: apt install openjdk-17-jre-headless."
        guard let answer = tools.output(of: "java", ["-version"]),
            let version = ToolVersion(in: answer, after: "version \"")
        else { return DoctorCheck("java", .limited, "no java on PATH", remedy: remedy) }
        guard version >= ToolVersion(17) else {
            return DoctorCheck("java", .limited, "Java \(version)", remedy: remedy)
        }
        return DoctorCheck("java", .ok, "Java \(version)")
    }

    private var machine: DoctorCheck {
        let process = ProcessInfo.processInfo
        let memory = ByteCount(bytes: Int(clamping: process.physicalMemory))
        let processors = process.activeProcessorCount
        return DoctorCheck(
            "machine",
            .ok,
            "\(processors) processor\(processors == 1 ? "" : "s"), \(memory.rounded) of memory"
        )
    }

    /// Free space where results and temporary files go, once for folders on one disk.
    private var disks: [DoctorCheck] {
        let folders = [
            ("disk", FileManager.default.currentDirectoryPath),
            ("temporary", NSTemporaryDirectory()),
        ]
        return folders.map { name, folder in
            let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
            guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value else {
                return DoctorCheck(
                    name,
                    .limited,
                    "no answer about \(folder)",
                    remedy: "Free space there is not known."
                )
            }
            let size = ByteCount(bytes: Int(free))
            let enough = size >= .gibibytes(1)
            return DoctorCheck(
                name,
                enough ? .ok : .limited,
                "\(size.rounded) free in \(folder)",
                remedy: enough ? "" : "Examples and comparisons want 1 GiB."
            )
        }
    }
}
