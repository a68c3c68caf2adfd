internal import Arguments
internal import Failures
internal import Testing
internal import cutover

@Suite("Configuration file")
struct ConfigurationFileTests {
    private func settings(_ text: String) throws -> [String: String] {
        let bytes = Array(text.utf8)
        return try ConfigurationFile.settings(of: bytes, source: "my.json").mapValues(\.text)
    }

    @Test("Dots in a name and levels of objects mean the same")
    func levelsAreJoined() throws {
        let nested = try settings(#"{"stream": {"batch": {"rows": 4096}, "processor": "v1"}}"#)
        let flat = try settings(#"{"stream.batch.rows": 4096, "stream": {"processor": "v1"}}"#)
        #expect(nested == ["stream.batch.rows": "4096", "stream.processor": "v1"])
        #expect(nested == flat)
    }

    @Test("A file that is named so is YAML, with the same paths")
    func yamlFiles() throws {
        let text = """
            processor:  # for all jobs
              strategy: v2:4
              migration: { strategy: canary, primary_percentage: 90 }
            stream.batch.rows: 4096
            """
        let read = try ConfigurationFile.settings(of: Array(text.utf8), source: "my.yaml")
        #expect(
            read.mapValues(\.text) == [
                "processor.strategy": "v2:4", "processor.migration.strategy": "canary",
                "processor.migration.primary_percentage": "90", "stream.batch.rows": "4096",
            ]
        )
        #expect(read["processor.strategy"]?.position?.description == "my.yaml:2:3")
    }

    @Test(
        "YAML that is no configuration is refused with the place",
        arguments: [
            ("a: [1]", "my.yml:1:4"), ("a:", "my.yml:1:"), ("a: 1\na: 2", "my.yml:2:1"),
            ("a.b: 1\na: { b: 2 }", "my.yml:2:6"), ("- 1", "my.yml:1:1"), ("", "my.yml:1:1"),
            ("a: {", "my.yml:"),
        ]
    )
    func badYAMLIsRefused(text: String, place: String) throws {
        let error = #expect(throws: Failure.self) {
            _ = try ConfigurationFile.settings(of: Array(text.utf8), source: "my.yml")
        }
        #expect(error?.code == "CFG_FILE")
        #expect(error?.description.contains(place) == true, "\(error?.description ?? "")")
    }

    @Test(
        "A file that is no configuration is refused with the place",
        arguments: [
            ("{\"a\": 1,\n \"a\": 2}", "my.json:2:"),
            ("{\"a.b\": 1, \"a\": {\"b\": 2}}", "my.json:1:"),
            ("{\"a\": [1]}", "my.json:1:"),
            ("{\"a\": null}", "my.json:1:"),
            ("[1]", "my.json:1:1"),
            ("{\"a\": ", "my.json:1:"),
            ("", "my.json:1:1"),
        ]
    )
    func badFilesAreRefused(text: String, place: String) throws {
        let error = #expect(throws: Failure.self) { _ = try settings(text) }
        #expect(error?.code == "CFG_FILE")
        #expect(error?.description.contains(place) == true, "\(error?.description ?? "")")
    }
}
