internal import Failures
internal import TestKit
internal import Testing
internal import YAML

@Suite("YAML never crashes")
struct YAMLFuzzTests {
    private static let seeds = [
        "apiVersion: cutover/v1\nspec:\n  stages:\n    - { name: a, soak: { min: 24h } }\n",
        "a: &x [1, 2.5, ~]\nb: *x\nc: \"q\\u00e9\"\nd: 'it''s'\n",
        "text: |\n  one\n  two\nfolded: >-\n  three\n\n  four\n? key\n: value\n",
        "%YAML 1.2\n---\n- !!str 8\n- {a: [b, {c: d}]}\n...\n",
    ]

    private static let pieces = [
        "\n", "  ", "- ", ": ", "? ", "{", "}", "[", "]", ",", "&a ", "*a", "!!str ", "!x ", "|\n",
        ">\n", "\"", "'", "#", "%", "---\n", "...\n", "\\u12", "\t", "\u{0}", "\u{FEFF}", "é", "~",
    ]

    /// A seed with some pieces replaced, inserted, cut or doubled.
    private static func mutated(_ generator: inout SeededGenerator, _ size: Int) -> [UInt8] {
        let seed = Int.random(in: seeds.indices, using: &generator)
        var bytes = Array(seeds[seed].utf8)
        for _ in 0...Int.random(in: 0...max(1, size / 4), using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                let piece = pieces[Int.random(in: pieces.indices, using: &generator)]
                bytes.insert(contentsOf: piece.utf8, at: place)
            case 1: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: place)
            case 2:
                let end = min(bytes.count, place + Int.random(in: 0...8, using: &generator))
                bytes.removeSubrange(place..<end)
            default:
                let end = min(bytes.count, place + Int.random(in: 0...40, using: &generator))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }

    @Test("Any bytes are a tree or an error whose place is in the text")
    func anyBytesAreAnswered() {
        let texts = Gen<[UInt8]>(make: { Self.mutated(&$0, $1) })
        checkProperty("bytes are a tree or an error", texts, rounds: 4000) { bytes in
            let lineCount = bytes.count { $0 == 0x0A || $0 == 0x0D } + 2
            do throws(YAMLError) {
                _ = try YAMLNode(parsing: bytes)
                return true
            } catch {
                // U+0085, U+2028 and U+2029 end lines too.
                return error.position.line >= 1 && error.position.column >= 1
                    && error.position.line <= lineCount + bytes.count { $0 == 0xC2 || $0 == 0xE2 }
            }
        }
    }

    @Test("The same bytes give the same tree")
    func readingIsPure() throws {
        let texts = Gen<[UInt8]>(make: { Self.mutated(&$0, $1) })
        checkProperty("reading twice gives the same", texts, rounds: 500) { bytes in
            (try? YAMLNode(parsing: bytes)) == (try? YAMLNode(parsing: bytes))
        }
    }
}
