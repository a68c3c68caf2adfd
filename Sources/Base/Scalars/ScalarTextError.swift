/// Why a text is not a value of the type it is read as.
package enum ScalarTextError: Error, Hashable, Sendable {
    /// The text does not have the type's form.
    case malformed
    /// The text has the form, but the type cannot hold the value, or the calendar has no such day.
    case outOfRange
}
