/// How one column orders rows.
///
/// Ascending: NULL first, then values: integers and decimals by size, doubles by size with −0 equal to 0 and
/// every NaN last, FALSE before TRUE, text and bytes by bytes. Descending is the exact reverse, so NULL last.
package enum SortOrder: Hashable, Sendable {
    case ascending
    case descending
}
