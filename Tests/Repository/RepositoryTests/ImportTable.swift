/// Who may import whom: ARCHITECTURE.md's table as data.
///
/// A folder below `Sources` is a layer. A module lists what it may import beyond its layer's common
/// ground; a module that is not listed may import the common ground only.
struct ImportTable {
    /// The standard library's modules that a layer's modules may import.
    static let platform: [String: Set<String>] = [
        "Base": ["Swift", "Synchronization", "Glibc"],
        "Drivers": ["Swift", "Synchronization", "Glibc"],
        "Paths": ["Swift", "Synchronization"],
        "Migration": ["Swift", "Synchronization"],
        "Apps": ["Swift", "Synchronization", "Glibc", "Foundation"],
    ]

    /// What a module may import beside its platform and Base.
    static let allowed: [String: Set<String>] = [
        // Drivers: the own C module; other drivers only where named here.
        "Parquet": ["CArrow"],
        "Postgres": ["CPostgres"],
        "SQLite": ["CSQLite"],
        "Compression": ["CZstd", "CLZ4", "CZlib"],
        "HTTPClient": ["CCurl"],
        "HTTPServer": ["CMicrohttpd"],
        "ObjectStore": ["HTTPClient", "Digests", "Files"],
        "YAML": ["CYAML"],
        "Kafka": ["CKafka"],
        "RESP": ["COpenSSL"],
        "Digests": ["COpenSSL"],
        "Files": [],
        "LineEditing": [],
        "LocalSocket": [],
        "Peers": ["CPeers"],
        "Processes": [],
        "Kernels": ["CKernels"],
        "TextFormats": ["CKernels", "Compression"],
        "Spreadsheet": ["CXLSXWriter"],
        "Raster": ["CRSVG"],
        "Accelerator": ["CCUDA"],
        "BLAS": ["CBLAS"],
        // Paths: the drivers that they use, and their own pure half.
        "SQLFront": [],
        "StreamSQL": [
            "SQLFront", "Parquet", "TextFormats", "Compression", "Kernels", "Digests", "Files",
            "Processes", "HTTPClient", "Kafka", "RESP",
        ],
        "CacheCodec": [],
        "Cache": ["CacheCodec"],
        // Migration: rules, then the journal, then control.
        "MigrationRules": [],
        "MigrationJournal": ["MigrationRules", "SQLite", "Postgres", "Files"],
        "MigrationControl": ["MigrationRules", "MigrationJournal", "Files"],
    ]

    /// Module names by layer, as the folders below `Sources` say.
    var layers: [String: Set<String>]

    init(files: [SourceFile]) {
        layers = [:]
        for file in files {
            let parts = file.path.split(separator: "/")
            guard parts.count > 3, parts[0] == "Sources" else { continue }
            layers[String(parts[1]), default: []].insert(String(parts[2]))
        }
    }

    /// Whether `module` of `layer` may import `other`.
    func allows(_ module: String, of layer: String, toImport other: String) -> Bool {
        if Self.platform[layer, default: []].contains(other) { return true }
        if layers["Base", default: []].contains(other) { return layer != "System" }
        if layer == "Apps" { return true }
        return Self.allowed[module, default: []].contains(other)
    }
}
