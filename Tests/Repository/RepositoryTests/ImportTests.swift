internal import Testing

@Suite("Imports")
struct ImportTests {
    private let table = ImportTable(files: Checkout.files)

    @Test("Every import is one that the layers allow")
    func layersHold() {
        for file in Checkout.swift(below: "Sources") {
            let parts = file.path.split(separator: "/").map(String.init)
            for other in file.imports {
                #expect(
                    table.allows(parts[2], of: parts[1], toImport: other),
                    "\(file.path) imports \(other), which \(parts[1])/\(parts[2]) may not"
                )
            }
        }
    }

    @Test("Only Assembly names both a path and the migration core")
    func onlyAssemblyJoins() {
        let paths = table.layers["Paths", default: []]
        let migration = table.layers["Migration", default: []]
        for module in table.layers["Apps", default: []] where module != "Assembly" {
            let files = Checkout.swift(below: "Sources/Apps/\(module)")
            let imports = Set(files.flatMap(\.imports))
            #expect(
                imports.isDisjoint(with: paths) || imports.isDisjoint(with: migration),
                "\(module) imports both a path and Migration"
            )
        }
    }

    @Test("Package.swift declares every module that the sources import")
    func declarationsMatch() throws {
        let declared = PackageTable(try Checkout.file("Package.swift"))
        let own = Set(table.layers.values.joined()).union(["TestKit"])
        #expect(!declared.modules.isEmpty)
        for (name, module) in declared.modules.sorted(by: { $0.key < $1.key }) {
            let files = Checkout.swift(below: module.folder)
            let imports = Set(files.flatMap(\.imports)).intersection(own).subtracting([name])
            #expect(
                imports.isSubset(of: module.dependencies),
                "Package.swift's row of \(name) lacks \(imports.subtracting(module.dependencies))"
            )
        }
    }

    @Test("Every folder of sources or tests has its row in Package.swift")
    func foldersAreDeclared() throws {
        let declared = PackageTable(try Checkout.file("Package.swift"))
        let paths = Checkout.files.filter { $0.path.hasSuffix(".swift") }.map { file in
            file.path.split(separator: "/")
        }
        let folders = paths.filter { path in
            path.count > 3 && ["Sources", "Tests"].contains(path[0])
        }.map { $0.prefix(3).joined(separator: "/") }
        let undeclared = Set(folders).subtracting(declared.modules.values.map(\.folder))
        #expect(undeclared.isEmpty, "these folders belong to no module")
    }

    @Test("The table refuses what it should refuse")
    func tableRefuses() {
        #expect(!table.allows("Columns", of: "Base", toImport: "Foundation"))
        #expect(!table.allows("Parquet", of: "Drivers", toImport: "Files"))
        #expect(!table.allows("SQLFront", of: "Paths", toImport: "Parquet"))
        #expect(!table.allows("StreamSQL", of: "Paths", toImport: "CArrow"))
        #expect(!table.allows("MigrationRules", of: "Migration", toImport: "StreamSQL"))
        #expect(table.allows("TextFormats", of: "Drivers", toImport: "Compression"))
        #expect(table.allows("StreamSQL", of: "Paths", toImport: "Columns"))
    }

    @Test("An import is found behind its access level and attributes")
    func importsAreFound() {
        let file = SourceFile(
            path: "x.swift",
            text: """
                package import Alpha
                  @preconcurrency internal import Beta
                import struct Gamma.Inner
                // import Nothing
                """
        )
        #expect(file.imports == ["Alpha", "Beta", "Gamma"])
    }
}
