package import Failures
internal import Hashing

/// What units' keys are hashed with under one salt, for one purpose.
///
/// A key is one value for each targeting field, in the plan's order. The hash depends on the values only,
/// never on how a text was composed, on the process, or on the batch that a unit came with.
package struct RouteKey: Hashable, Sendable {
    package enum Purpose: String, Sendable {
        /// Which side serves a unit.
        case route = "route/v1"
        /// Which units run on both sides; independent of `route`, or shadows would sample one side's units.
        case shadow = "shadow/v1"
        /// Which keys the exact sample-ratio count looks at.
        case sampleRatio = "srm/v1"
    }

    let sipKey: SipKey

    package init(_ purpose: Purpose, salt: String) {
        sipKey = SipKey(tag: purpose.rawValue, salt: salt)
    }

    /// The hash of a unit's key; nil where a field is missing or the key is over 64 KiB.
    ///
    /// - Throws: `MIG_KEY_TYPE` for a float.
    package func hash(_ fields: [RouteField]) throws(Failure) -> UInt64? {
        var hash = SipHash64(sipKey)
        var size = 0
        for field in fields {
            guard let bytes = try field.keyBytes else { return nil }
            size += bytes.count
            guard size <= routeKeySizeLimit else { return nil }
            hash.update(UInt32(bytes.count))
            hash.update(bytes.span)
        }
        return fields.isEmpty ? nil : hash.finalize()
    }

    /// The hash of a key that is one text of valid UTF-8; nil where it is over 64 KiB.
    ///
    /// Allocates nothing for ASCII.
    package func hash(text: Span<UInt8>) -> UInt64? {
        guard text.count <= UInt32.max else { return nil }
        let (hash, isASCII) = RouteHash.hash(field: text, key: sipKey)
        if isASCII { return text.count <= routeKeySizeLimit ? hash : nil }
        let normal = NormalText.composed(text)
        guard normal.count <= routeKeySizeLimit else { return nil }
        return RouteHash.hash(field: normal.span, key: sipKey).hash
    }

    /// The hash of a key that is one byte string; nil where it is over 64 KiB.
    package func hash(bytes: Span<UInt8>) -> UInt64? {
        guard bytes.count <= routeKeySizeLimit else { return nil }
        return RouteHash.hash(field: bytes, key: sipKey).hash
    }

    /// The hash of a key that is one integer; allocates nothing.
    package func hash(integer: Int64) -> UInt64 {
        let text = DecimalText(integer)
        let digits = text.digits.span
        return RouteHash.hash(field: digits.extracting(text.start..<20), key: sipKey).hash
    }
}

extension RouteField {
    /// The bytes that are hashed; nil for a missing value.
    var keyBytes: [UInt8]? {
        get throws(Failure) {
            switch self {
            case .text(let text):
                let bytes = Array(text.utf8)
                return NormalText.isASCII(bytes.span) ? bytes : NormalText.composed(bytes.span)
            case .bytes(let bytes): return bytes
            case .integer(let integer): return Array(String(integer).utf8)
            case .float(let number):
                throw Failure(
                    "MIG_KEY_TYPE",
                    blame: .request,
                    "the floating-point number \(number) is part of a routing key",
                    remedy: "route by texts, byte strings or integers"
                )
            case .null: return nil
            }
        }
    }
}

/// An integer as decimal text, without an allocation.
struct DecimalText {
    /// The text stands in `start..<20`.
    private(set) var digits: [20 of UInt8] = .init(repeating: 0)
    private(set) var start = 20

    init(_ integer: Int64) {
        var rest = integer.magnitude
        repeat {
            start -= 1
            digits[start] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
            rest /= 10
        } while rest > 0
        if integer < 0 {
            start -= 1
            digits[start] = UInt8(ascii: "-")
        }
    }
}
