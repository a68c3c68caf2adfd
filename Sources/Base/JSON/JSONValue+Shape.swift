/// Reading values of a wanted shape, with errors that say where and what.
extension JSONValue {
    /// The member called `name` of an object.
    package func member(_ name: String) throws(JSONError) -> JSONValue {
        let object = try requireObject()
        guard let value = object[name] else {
            throw JSONError("the member \"\(name)\" is missing", remedy: "add it", at: position)
        }
        return value
    }

    package func requireObject() throws(JSONError) -> JSONObject {
        guard let object else { throw mismatch("an object") }
        return object
    }

    package func requireArray() throws(JSONError) -> [JSONValue] {
        guard let array else { throw mismatch("an array") }
        return array
    }

    package func requireString() throws(JSONError) -> String {
        guard let string else { throw mismatch("a string") }
        return string
    }

    package func requireBool() throws(JSONError) -> Bool {
        guard let bool else { throw mismatch("true or false") }
        return bool
    }

    package func requireDouble() throws(JSONError) -> Double {
        guard let double, double.isFinite else { throw mismatch("a number") }
        return double
    }

    /// An integer of `range`.
    package func requireInteger(
        in range: ClosedRange<Int64> = Int64.min...Int64.max
    ) throws(JSONError) -> Int64 {
        guard let integer else { throw mismatch("an integer") }
        guard range.contains(integer) else {
            throw mismatch("an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    private func mismatch(_ wanted: String) -> JSONError {
        let shown = number.map { "the number \($0.text)" } ?? kind
        return JSONError(
            "\(shown) where \(wanted) should be",
            remedy: "write \(wanted)",
            at: position
        )
    }
}
