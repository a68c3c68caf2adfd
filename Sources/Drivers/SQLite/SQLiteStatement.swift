/// A statement of the program: its SQL, and the name under which failures speak of it.
///
/// Statements are constants of the code, so their texts need no escaping: values are bound to `?1`, `?2` … .
package struct SQLiteStatement: Sendable, Hashable {
    /// For example `journal.append`.
    package let name: String
    package let text: String

    package init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }
}
