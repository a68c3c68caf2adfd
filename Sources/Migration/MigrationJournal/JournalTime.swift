internal import Scalars

/// A moment of wall time, for display and expiry: order comes from sequence numbers.
package struct JournalTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01 in UTC.
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Reads what ``description`` writes; nil for any other text.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard
            let microseconds = try? TemporalText.parseTimestamp(
                bytes.span,
                form: .iso8601,
                hasZone: true,
                precision: 3
            )
        else { return nil }
        milliseconds = microseconds / 1000
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package func advanced(by duration: Duration) -> JournalTime {
        JournalTime(milliseconds: milliseconds + Int64(duration / .milliseconds(1)))
    }

    /// RFC 3339 in UTC with milliseconds: `2026-01-05T09:00:01.250Z`.
    package var description: String {
        var bytes: [UInt8] = []
        TemporalText.appendTimestamp(
            milliseconds * 1000,
            precision: 3,
            separator: UInt8(ascii: "T"),
            hasZone: true,
            to: &bytes
        )
        return String(decoding: bytes, as: UTF8.self)
    }
}
