// swift-tools-version: 6.2
import PackageDescription

// One table of modules. A layer is a folder; who may import whom is checked by Tests/Repository.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

func module(_ layer: String, _ name: String, _ dependencies: String...) -> Target {
    .target(
        name: name,
        dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: "Sources/\(layer)/\(name)",
        swiftSettings: strict
    )
}

/// Plain C or C++ in front of a foreign library.
///
/// `headers` names the system library target that asks pkg-config for the library's flags.
func door(_ name: String, headers: String, flags: ArrowFlags) -> Target {
    .target(
        name: name,
        dependencies: [.init(stringLiteral: headers)],
        path: "Sources/System/\(name)",
        cxxSettings: [.unsafeFlags(flags.compiler)],
        linkerSettings: [.unsafeFlags(flags.linker)]
    )
}

/// Where programs find Arrow at run time: beside the clone's build folder, so that a clone can be moved.
///
/// Without PKG_CONFIG_PATH (the launcher and ./test set it) the Arrow in .deps is named outright, so that
/// a bare `swift build` works in a prepared clone.
struct ArrowFlags {
    var compiler: [String] = []
    var linker = ["-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../../../.deps/pyarrow"]

    init() {
        guard Context.environment["PKG_CONFIG_PATH"] == nil else { return }
        let folder = "\(Context.packageDirectory)/.deps/pyarrow"
        compiler += ["-I", "\(folder)/include"]
        linker += ["-L", folder, "-l:libparquet.so.2600", "-l:libarrow.so.2600"]
    }
}

func program(_ layer: String, _ name: String, _ dependencies: String...) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: "Sources/\(layer)/\(name)",
        swiftSettings: strict
    )
}

/// Own C, or the door to a foreign library.
func kernels(_ name: String) -> Target {
    .target(name: name, path: "Sources/System/\(name)")
}

func library(_ name: String, package: String) -> Target {
    .systemLibrary(
        name: name,
        path: "Sources/System/\(name)",
        pkgConfig: package,
        providers: nil
    )
}

func tests(
    _ level: String,
    _ name: String,
    _ dependencies: String...,
    exclude: [String] = []
) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: "Tests/\(level)/\(name)",
        exclude: exclude,
        swiftSettings: strict
    )
}

/// C that only tests use, some of it in front of a foreign library.
func fixture(_ name: String, headers: String? = nil) -> Target {
    .target(
        name: name,
        dependencies: headers.map { [.init(stringLiteral: $0)] } ?? [],
        path: "Tests/Support/\(name)"
    )
}

func support(_ name: String, _ dependencies: String...) -> Target {
    .target(
        name: name,
        dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: "Tests/Support/\(name)",
        swiftSettings: strict
    )
}

let package = Package(
    name: "cutover",
    targets: [
        kernels("CKernels"),
        kernels("CPeers"),
        library("CSQLite", package: "sqlite3"),
        library("CYAML", package: "yaml-0.1"),
        library("CZlib", package: "zlib"),
        library("CZstd", package: "libzstd"),
        .systemLibrary(
            name: "CArrowLibraries",
            path: "Sources/System/CArrowLibraries",
            pkgConfig: "parquet"
        ),
        door("CArrow", headers: "CArrowLibraries", flags: ArrowFlags()),
        module("Base", "Failures"),
        module("Base", "Columns", "Hashing"),
        module("Base", "Scalars"),
        module("Base", "Decimals"),
        module("Base", "Patterns"),
        module("Base", "Flow", "Failures"),
        module("Base", "Hashing"),
        module("Base", "Units"),
        module("Base", "JSON", "Failures"),
        module("Base", "Arguments", "Failures", "Units"),
        module("Base", "Observe", "JSON", "Units"),
        module("Base", "Charts", "Units"),
        module("Base", "Routing", "Arguments", "Columns", "Failures", "Hashing", "JSON"),
        module("Drivers", "Compression", "CZlib", "CZstd", "Failures", "Flow"),
        module("Drivers", "TextFormats", "CKernels", "Columns", "Failures", "Flow", "Scalars"),
        module("Drivers", "Files", "Failures", "Flow"),
        module("Drivers", "LineEditing", "Failures", "Observe"),
        module("Drivers", "LocalSocket", "Failures", "Flow"),
        module("Drivers", "Parquet", "CArrow", "Columns", "Failures"),
        module("Drivers", "Peers", "CPeers"),
        module("Drivers", "Processes", "Failures", "Flow"),
        module("Drivers", "SQLite", "CSQLite", "Failures"),
        module("Drivers", "YAML", "CYAML", "Failures"),
        module(
            "Migration",
            "MigrationJournal",
            "Failures",
            "Files",
            "Flow",
            "Hashing",
            "JSON",
            "Scalars",
            "SQLite"
        ),
        module(
            "Migration",
            "MigrationControl",
            "Failures",
            "Flow",
            "Hashing",
            "JSON",
            "MigrationJournal",
            "MigrationRules",
            "Routing"
        ),
        module("Paths", "SQLFront", "Arguments", "Columns", "Failures", "Patterns"),
        module(
            "Paths",
            "StreamSQL",
            "Arguments",
            "Columns",
            "Compression",
            "Decimals",
            "Failures",
            "Files",
            "Flow",
            "Hashing",
            "JSON",
            "Observe",
            "Parquet",
            "Patterns",
            "Routing",
            "Scalars",
            "SQLFront",
            "TextFormats",
            "Units"
        ),
        module(
            "Migration",
            "MigrationRules",
            "Arguments",
            "Columns",
            "Decimals",
            "Failures",
            "Hashing",
            "JSON",
            "Patterns",
            "Routing"
        ),
        module(
            "Apps",
            "Assembly",
            "Arguments",
            "Charts",
            "Failures",
            "Files",
            "Flow",
            "JSON",
            "LocalSocket",
            "MigrationControl",
            "MigrationJournal",
            "MigrationRules",
            "Routing",
            "Scalars",
            "SQLFront",
            "StreamSQL",
            "Units",
            "YAML"
        ),
        program(
            "Apps",
            "cutover",
            "Arguments",
            "Assembly",
            "Columns",
            "Compression",
            "Failures",
            "Files",
            "Flow",
            "Hashing",
            "JSON",
            "LineEditing",
            "Observe",
            "Parquet",
            "Peers",
            "Processes",
            "Routing",
            "SQLFront",
            "StreamSQL",
            "TextFormats",
            "Units",
            "YAML"
        ),
        fixture("CAllocations"),
        fixture("CFaultyDisk", headers: "CSQLite"),
        support("TestKit", "Hashing"),
        tests("Unit", "ColumnsTests", "Columns", "Hashing"),
        tests("Unit", "CutoverTests", "Arguments", "cutover", "Failures", "JSON", "TestKit"),
        tests("Unit", "FilesTests", "Failures", "Files", "Flow", "TestKit"),
        tests("Unit", "LineEditingTests", "LineEditing"),
        tests("Unit", "LocalSocketTests", "Failures", "LocalSocket", "TestKit"),
        tests("Unit", "FlowTests", "Failures", "Flow", "Hashing", "TestKit"),
        tests("Unit", "HashingTests", "CPeers", "Hashing", "TestKit"),
        tests("Unit", "ScalarsTests", "Scalars"),
        tests(
            "Unit",
            "ArgumentsTests",
            "Arguments",
            "Failures",
            "TestKit",
            "Units",
            exclude: ["Golden"]
        ),
        tests("Unit", "ObserveTests", "JSON", "Observe", "TestKit", exclude: ["Golden"]),
        tests("Unit", "ChartsTests", "Charts", "TestKit"),
        tests("Unit", "JSONTests", "Failures", "JSON", "TestKit"),
        tests("Unit", "UnitsTests", "TestKit", "Units"),
        tests("Unit", "TestKitTests", "TestKit", exclude: ["Golden"]),
        tests(
            "Unit",
            "StreamSQLTests",
            "Arguments",
            "Columns",
            "Failures",
            "Flow",
            "Hashing",
            "Observe",
            "Parquet",
            "Routing",
            "SQLFront",
            "StreamSQL",
            "TestKit",
            "Units"
        ),
        tests("Unit", "DecimalsTests", "Decimals", "TestKit"),
        tests("Unit", "CompressionTests", "Compression", "Failures", "Flow", "TestKit"),
        tests(
            "SQL",
            "SQLCaseTests",
            "Arguments",
            "Columns",
            "Failures",
            "Scalars",
            "SQLFront",
            "StreamSQL",
            "TestKit"
        ),
        tests(
            "SQL",
            "EquivalenceTests",
            "Arguments",
            "Columns",
            "Failures",
            "Hashing",
            "SQLFront",
            "StreamSQL",
            "TestKit"
        ),
        tests("SQL", "OracleTests", "cutover", "JSON", "Processes", "TestKit"),
        tests("Integration", "CommandTests", "cutover", "JSON", "Processes", "TestKit"),
        tests("Integration", "DeliveryTests", "cutover", "Hashing", "JSON", "Processes", "TestKit"),
        tests(
            "Integration",
            "LiveMigrationTests",
            "cutover",
            "Hashing",
            "JSON",
            "Processes",
            "TestKit"
        ),
        tests(
            "Repository",
            "RepositoryTests",
            "Arguments",
            "cutover",
            "SQLFront",
            "StreamSQL",
            "TestKit"
        ),
        tests("Scenario", "FlinkTests", "cutover", "JSON", "Processes", "TestKit"),
        tests(
            "Unit",
            "TextFormatsTests",
            "Columns",
            "Failures",
            "Flow",
            "Hashing",
            "TestKit",
            "TextFormats"
        ),
        tests(
            "Unit",
            "ParquetTests",
            "Columns",
            "Failures",
            "Parquet",
            "TestKit",
            exclude: ["Golden"]
        ),
        tests(
            "Unit",
            "RoutingTests",
            "CAllocations",
            "Columns",
            "Failures",
            "Hashing",
            "JSON",
            "Routing",
            "TestKit"
        ),
        tests(
            "Unit",
            "MigrationRulesTests",
            "Columns",
            "Failures",
            "Hashing",
            "JSON",
            "MigrationRules",
            "Routing",
            "TestKit"
        ),
        tests("Unit", "ProcessesTests", "Failures", "Processes", "TestKit"),
        tests(
            "Unit",
            "AssemblyTests",
            "Arguments",
            "Assembly",
            "Failures",
            "Flow",
            "JSON",
            "MigrationControl",
            "MigrationRules",
            "Routing",
            "StreamSQL",
            "TestKit",
            "Units"
        ),
        tests(
            "Unit",
            "MigrationJournalTests",
            "CFaultyDisk",
            "Failures",
            "Hashing",
            "JSON",
            "MigrationJournal",
            "SQLite",
            "TestKit"
        ),
        tests(
            "Unit",
            "MigrationControlTests",
            "Assembly",
            "CFaultyDisk",
            "Failures",
            "Flow",
            "Hashing",
            "JSON",
            "MigrationControl",
            "MigrationJournal",
            "MigrationRules",
            "Routing",
            "TestKit"
        ),
        tests("Unit", "PatternsTests", "Patterns", "TestKit"),
        tests("Unit", "SQLiteTests", "CFaultyDisk", "Failures", "SQLite", "TestKit"),
        tests("Unit", "YAMLTests", "Failures", "TestKit", "YAML"),
        tests(
            "Unit",
            "SQLFrontTests",
            "Columns",
            "Failures",
            "Hashing",
            "SQLFront",
            "TestKit",
            exclude: ["Golden"]
        ),
    ],
    cLanguageStandard: .c2x,
    cxxLanguageStandard: .cxx20
)
