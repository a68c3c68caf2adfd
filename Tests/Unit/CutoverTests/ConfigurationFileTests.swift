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
