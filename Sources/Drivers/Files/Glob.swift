package import Failures

/// Paths with `*`, `?` and `[…]` in any component; the wildcards never match `/`, nor a leading dot.
package enum Glob {
    /// Whether the path has a wildcard.
    package static func isPattern(_ path: String) -> Bool {
        path.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }
    }

    /// The existing paths that match, by their bytes.
    package static func paths(matching pattern: String) throws(Failure) -> [String] {
        let isAbsolute = pattern.hasPrefix("/")
        var found = [isAbsolute ? "/" : ""]
        for component in pattern.split(separator: "/") {
            var next: [String] = []
            for directory in found {
                next += try children(of: directory, matching: String(component))
            }
            found = next
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func children(
        of directory: String,
        matching component: String
    ) throws(Failure) -> [String] {
        guard isPattern(component) else {
            let path = Directory.join(directory, component)
            return try Directory.kind(of: path) == .missing ? [] : [path]
        }
        let place = directory.isEmpty ? "." : directory
        guard case .directory = try Directory.kind(of: place) else { return [] }
        let pattern = Array(component.utf8)
        return try Directory.names(in: place)
            .filter { !$0.hasPrefix(".") && matches(pattern[...], Array($0.utf8)[...]) }
            .map { Directory.join(directory, $0) }
    }

    /// Whether a name matches one component of a pattern.
    ///
    /// - Complexity: O(pattern × name): a star is retried from its last place only.
    package static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var pattern = pattern
        var name = name
        var retry: (pattern: ArraySlice<UInt8>, name: ArraySlice<UInt8>)?
        while true {
            if let first = pattern.first, first == 0x2A {
                pattern = pattern.dropFirst()
                retry = (pattern, name)
                continue
            }
            if let byte = name.first, let rest = afterOne(pattern, byte) {
                pattern = rest
                name = name.dropFirst()
                continue
            }
            if pattern.isEmpty, name.isEmpty { return true }
            guard let last = retry, !last.name.isEmpty else { return false }
            retry = (last.pattern, last.name.dropFirst())
            pattern = last.pattern
            name = last.name.dropFirst()
        }
    }

    /// The pattern behind its first element, if that element matches `byte`.
    private static func afterOne(
        _ pattern: ArraySlice<UInt8>,
        _ byte: UInt8
    ) -> ArraySlice<UInt8>? {
        guard let first = pattern.first else { return nil }
        if first == 0x3F { return pattern.dropFirst() }
        guard first == 0x5B, let end = pattern.dropFirst(2).firstIndex(of: 0x5D) else {
            return first == byte ? pattern.dropFirst() : nil
        }
        var members = pattern[(pattern.startIndex + 1)..<end]
        let isNegated = members.first == 0x21 || members.first == 0x5E
        if isNegated { members = members.dropFirst() }
        var isMember = false
        var index = members.startIndex
        while index < members.endIndex {
            if index + 2 < members.endIndex, members[index + 1] == 0x2D {
                if members[index] <= byte, byte <= members[index + 2] { isMember = true }
                index += 3
            } else {
                if members[index] == byte { isMember = true }
                index += 1
            }
        }
        return isMember != isNegated ? pattern[(end + 1)...] : nil
    }
}
