/// The rows of the table in `Package.swift`.
struct PackageTable {
    struct Module: Sendable {
        /// Folder from the root of the clone.
        var folder: String
        /// Names of the modules of this package that it depends on.
        var dependencies: Set<String>
    }

    var modules: [String: Module] = [:]

    /// Reads rows such as `module("Base", "Columns", "Failures")`, on one line or over several.
    init(_ file: SourceFile) {
        let row = /\b(module|program|tests|support|kernels|library|shim)\(([^()]*)\)/
        for match in file.text.matches(of: row) {
            // Words in quotes up to the first labelled argument.
            let plain = match.output.2.prefix { $0 != ":" }
            var words = plain.matches(of: /"(\w+)"/).map { String($0.output.1) }[...]
            let folder =
                switch match.output.1 {
                case "support": "Tests/Support"
                case "kernels", "library", "shim": "Sources/System"
                case "tests": "Tests/" + (words.popFirst() ?? "")
                default: "Sources/" + (words.popFirst() ?? "")
                }
            guard let name = words.popFirst() else { continue }
            modules[name] = Module(folder: "\(folder)/\(name)", dependencies: Set(words))
        }
    }
}
