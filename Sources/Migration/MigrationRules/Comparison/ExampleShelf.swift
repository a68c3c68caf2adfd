private import Hashing

/// One difference as people see it: redacted when it was captured, never later.
package struct MismatchExample: Sendable, Hashable {
    package var fingerprint: String
    package var unit: String
    package var path: String
    package var fieldClass: FieldClass
    /// Text of each side, or its kind and size where the path is sensitive.
    package var primary: String?
    package var candidate: String?
    /// How often the same difference was met.
    package var count: Int
}

/// A few examples of each kind of difference.
package struct ExampleShelf: Sendable {
    /// Longest text of one side.
    package static let textLimit = 32_768

    private struct Place: Hashable {
        var path: String
        var fieldClass: FieldClass
    }

    private let limit: Int
    private let key: SipKey
    private var shelves: [Place: [MismatchExample]] = [:]

    /// An empty shelf.
    ///
    /// - Parameters:
    ///   - limit: examples kept for each path and class.
    ///   - salt: the migration's; fingerprints of equal values differ between migrations.
    package init(limit: Int, salt: String) {
        self.limit = limit
        key = SipKey(tag: "example/v1", salt: salt)
    }

    /// Keeps the differences of one unit, as far as there is room for new ones.
    package mutating func add(_ differences: [FieldDifference], unit: String) {
        for difference in differences where difference.ignoredBecause == nil {
            add(difference, unit: unit)
        }
    }

    private mutating func add(_ difference: FieldDifference, unit: String) {
        let path = difference.path.description
        let place = Place(path: path, fieldClass: difference.fieldClass)
        let primary = difference.primary?.text
        let candidate = difference.candidate?.text
        let fingerprint = fingerprint([
            path, difference.fieldClass.rawValue, primary ?? "absent", candidate ?? "absent",
        ])
        var shelf = shelves[place] ?? []
        if let index = shelf.firstIndex(where: { $0.fingerprint == fingerprint }) {
            shelf[index].count += 1
        } else if shelf.count < limit {
            shelf.append(
                MismatchExample(
                    fingerprint: fingerprint,
                    unit: unit,
                    path: path,
                    fieldClass: difference.fieldClass,
                    primary: shown(difference.primary, primary, difference.isSensitive),
                    candidate: shown(difference.candidate, candidate, difference.isSensitive),
                    count: 1
                )
            )
        }
        shelves[place] = shelf
    }

    /// All examples by path, then class, in the order in which they were met.
    package var examples: [MismatchExample] {
        shelves.sorted {
            ($0.key.path, $0.key.fieldClass.rawValue) < ($1.key.path, $1.key.fieldClass.rawValue)
        }.flatMap(\.value)
    }

    private func shown(
        _ value: ComparedValue?,
        _ text: String?,
        _ isSensitive: Bool
    ) -> String? {
        guard let value, let text else { return nil }
        if isSensitive { return "<\(value.kind), \(text.utf8.count) bytes>" }
        return text.utf8.count > Self.textLimit
            ? String(text.prefix(Self.textLimit / 4)) + "…" : text
    }

    private func fingerprint(_ parts: [String]) -> String {
        var hash = SipHash64(key)
        for part in parts {
            let bytes = Array(part.utf8)
            hash.update(UInt64(bytes.count))
            hash.update(bytes.span)
        }
        return Hexadecimal.text(hash.finalize())
    }
}
