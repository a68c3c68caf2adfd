package import Failures

/// The members of a JSON object, in their order.
package struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: JSONValue
        /// Where the name stands in the text; nil where the object was made in memory.
        package var position: SourcePosition?

        package init(name: String, value: JSONValue, position: SourcePosition? = nil) {
            self.name = name
            self.value = value
            self.position = position
        }

        package static func == (left: Self, right: Self) -> Bool {
            left.name == right.name && left.value == right.value
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(name)
            hasher.combine(value)
        }
    }

    package private(set) var members: [Member] = []

    package init() {}

    package init(dictionaryLiteral members: (String, JSONValue)...) {
        for (name, value) in members { self[name] = value }
    }

    /// The member called `name` byte for byte, found in O(members); setting keeps the place of one that
    /// exists, and nil removes it.
    package subscript(name: String) -> JSONValue? {
        get { firstIndex(of: name).map { members[$0].value } }
        set {
            let index = firstIndex(of: name)
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    private func firstIndex(of name: String) -> Int? {
        members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    }

    package var isEmpty: Bool { members.isEmpty }

    /// Adds a member that is known to be new.
    mutating func append(_ member: Member) { members.append(member) }

    mutating func replaceValue(at index: Int, with value: JSONValue) {
        members[index].value = value
    }
}
