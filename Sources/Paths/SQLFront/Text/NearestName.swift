internal import Arguments

/// The known name that a mistyped one most likely meant.
func nearestName(to name: String, among known: [String]) -> String? {
    NearestName.nearest(to: name, in: known)
}
