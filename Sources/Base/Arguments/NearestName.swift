/// Finds what somebody meant who wrote a name that does not exist.
package enum NearestName {
    /// The candidate with the fewest edits (insert, delete, replace, swap of neighbours) from `name`.
    ///
    /// Letter case and the difference between `-`, `_` and `.` count little. nil where even the nearest
    /// differs in more than a third of the letters. Earlier candidates win ties.
    /// Cost: O(length²) per candidate; names are cut at 64 characters.
    package static func nearest(to name: String, in candidates: [String]) -> String? {
        let wanted = folded(name)
        guard !wanted.isEmpty else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let offered = folded(candidate)
            var distance = Self.distance(wanted, offered) * 2
            if candidate != name { distance += 1 }
            // A beginning of at least three letters is a strong hint: `--proc` for `--processor`.
            if wanted.count >= 3, offered.starts(with: wanted) { distance = min(distance, 3) }
            let limit = 2 * max(1, max(wanted.count, offered.count) / 3) + 1
            if distance <= limit, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// The edits between two sequences, where no piece is edited twice (optimal string alignment).
    ///
    /// Source: Damerau, "A technique for computer detection and correction of spelling errors", 1964.
    package static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for column in right.indices {
                let isEqual = left[row] == right[column]
                var cost = min(
                    previous[column + 1] + 1,
                    current[column] + 1,
                    previous[column] + (isEqual ? 0 : 1)
                )
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }

    /// `nearest is NAME`, or a list of what there is where nothing is near.
    package static func remedy(for name: String, in candidates: [String]) -> String {
        if let nearest = nearest(to: name, in: candidates) { return "nearest is \(nearest)" }
        if candidates.isEmpty { return "leave it out" }
        let shown = candidates.prefix(12).joined(separator: ", ")
        return "known are \(shown)\(candidates.count > 12 ? ", …" : "")"
    }

    private static func folded(_ name: String) -> [Character] {
        name.prefix(64).lowercased().map { $0 == "_" || $0 == "." ? "-" : $0 }
    }
}
