package import JSON

/// A part of a plan that is a JSON object in the plan's normal form.
///
/// One function lists the members, for writing and for reading alike, so that the two cannot differ.
package protocol NormalForm: Hashable, Sendable {
    /// Every member at its default.
    init()

    /// Passes every member to `coder`, by the name that it has in JSON.
    mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError)
}

extension NormalForm {
    /// The normal form; members without a value are absent.
    package var json: JSONValue {
        var copy = self
        var coder = NormalFormCoder(writing: ())
        do {
            try copy.visit(&coder)
        } catch {
            preconditionFailure("writing a normal form does not fail: \(error)")
        }
        return JSONValue(coder.object)
    }

    /// Reads what ``json`` writes, and refuses members that are unknown.
    package init(json: JSONValue) throws(JSONError) {
        self.init()
        var coder = NormalFormCoder(reading: try json.requireObject())
        try visit(&coder)
        try coder.requireAllRead()
    }
}

/// Writes members into a JSON object, or reads them from one.
package struct NormalFormCoder: Sendable {
    private(set) var object: JSONObject
    private let isReading: Bool
    private var namesRead: Set<String> = []

    init(writing: Void) {
        object = JSONObject()
        isReading = false
    }

    init(reading object: JSONObject) {
        self.object = object
        isReading = true
    }

    func requireAllRead() throws(JSONError) {
        for member in object.members where !namesRead.contains(member.name) {
            throw JSONError(
                "the member \"\(member.name)\" is unknown",
                remedy: "read the plan with the version of cutover that stored it, or a later one",
                at: member.position
            )
        }
    }

    /// A member of a kind that `write` and `read` translate; absent where `write` gives nil.
    package mutating func member<Value>(
        _ name: String,
        _ value: inout Value,
        write: (Value) -> JSONValue?,
        read: (JSONValue?) throws(JSONError) -> Value
    ) throws(JSONError) {
        if isReading {
            namesRead.insert(name)
            value = try read(object[name])
        } else if let json = write(value) {
            object[name] = json
        }
    }

    /// A member that must be there.
    private mutating func required<Value>(
        _ name: String,
        _ value: inout Value,
        write: (Value) -> JSONValue,
        read: (JSONValue) throws(JSONError) -> Value
    ) throws(JSONError) {
        if isReading {
            namesRead.insert(name)
            value = try read(try JSONValue(object).member(name))
        } else {
            object[name] = write(value)
        }
    }
}

/// Members of the common kinds.
extension NormalFormCoder {
    package mutating func field(_ name: String, _ value: inout String) throws(JSONError) {
        try required(name, &value) {
            JSONValue($0)
        } read: { json throws(JSONError) in
            try json.requireString()
        }
    }

    package mutating func field(_ name: String, _ value: inout String?) throws(JSONError) {
        try member(name, &value) {
            $0.map { JSONValue($0) }
        } read: { json throws(JSONError) in
            guard let json else { return nil }
            return try json.requireString()
        }
    }

    package mutating func field(_ name: String, _ value: inout Int) throws(JSONError) {
        try required(name, &value) {
            JSONValue($0)
        } read: { json throws(JSONError) in
            Int(try json.requireInteger())
        }
    }

    package mutating func field(_ name: String, _ value: inout Int?) throws(JSONError) {
        try member(name, &value) {
            $0.map { JSONValue($0) }
        } read: { json throws(JSONError) in
            guard let json else { return nil }
            return Int(try json.requireInteger())
        }
    }

    package mutating func field(_ name: String, _ value: inout Double) throws(JSONError) {
        try required(name, &value) {
            JSONValue($0)
        } read: { json throws(JSONError) in
            try json.requireDouble()
        }
    }

    package mutating func field(_ name: String, _ value: inout Double?) throws(JSONError) {
        try member(name, &value) {
            $0.map { JSONValue($0) }
        } read: { json throws(JSONError) in
            guard let json else { return nil }
            return try json.requireDouble()
        }
    }

    package mutating func field(_ name: String, _ value: inout Bool) throws(JSONError) {
        try required(name, &value) {
            JSONValue($0)
        } read: { json throws(JSONError) in
            try json.requireBool()
        }
    }

    package mutating func field(_ name: String, _ value: inout Bool?) throws(JSONError) {
        try member(name, &value) {
            $0.map { JSONValue($0) }
        } read: { json throws(JSONError) in
            guard let json else { return nil }
            return try json.requireBool()
        }
    }

    package mutating func field(_ name: String, _ value: inout [String]) throws(JSONError) {
        try required(name, &value) {
            JSONValue($0.map { JSONValue($0) })
        } read: {
            json throws(JSONError) in
            var texts: [String] = []
            for element in try json.requireArray() { texts.append(try element.requireString()) }
            return texts
        }
    }

    package mutating func field<Name: RawRepresentable<String>>(
        _ name: String,
        _ value: inout Name
    ) throws(JSONError) {
        try required(name, &value) {
            JSONValue($0.rawValue)
        } read: { json throws(JSONError) in
            try Self.named(json)
        }
    }

    package mutating func field<Name: RawRepresentable<String>>(
        _ name: String,
        _ value: inout Name?
    ) throws(JSONError) {
        try member(name, &value) {
            $0.map { JSONValue($0.rawValue) }
        } read: {
            json throws(JSONError) in
            guard let json else { return nil }
            return try Self.named(json)
        }
    }

    package mutating func field<Name: RawRepresentable<String>>(
        _ name: String,
        _ value: inout [Name]
    ) throws(JSONError) {
        try required(name, &value) {
            JSONValue($0.map { JSONValue($0.rawValue) })
        } read: { json throws(JSONError) in
            var names: [Name] = []
            for element in try json.requireArray() { names.append(try Self.named(element)) }
            return names
        }
    }

    package mutating func field<Part: NormalForm>(
        _ name: String,
        _ value: inout Part
    ) throws(JSONError) {
        try required(name, &value) {
            $0.json
        } read: { json throws(JSONError) in
            try Part(json: json)
        }
    }

    package mutating func field<Part: NormalForm>(
        _ name: String,
        _ value: inout Part?
    ) throws(JSONError) {
        try member(name, &value) {
            $0.map(\.json)
        } read: { json throws(JSONError) in
            guard let json else { return nil }
            return try Part(json: json)
        }
    }

    package mutating func field<Part: NormalForm>(
        _ name: String,
        _ value: inout [Part]
    ) throws(JSONError) {
        try required(name, &value) {
            JSONValue($0.map(\.json))
        } read: { json throws(JSONError) in
            var parts: [Part] = []
            for element in try json.requireArray() { parts.append(try Part(json: element)) }
            return parts
        }
    }

    private static func named<Name: RawRepresentable<String>>(
        _ json: JSONValue
    ) throws(JSONError) -> Name {
        let text = try json.requireString()
        guard let value = Name(rawValue: text) else {
            throw JSONError(
                "\"\(text)\" is no \(Name.self)",
                remedy: "read it with the version of cutover that stored it, or a later one",
                at: json.position
            )
        }
        return value
    }
}
