/// A named, typed column of a schema.
package struct Field: Hashable, Sendable {
    package var name: String
    package var type: DataType
    package var isNullable: Bool

    package init(_ name: String, _ type: DataType, isNullable: Bool = true) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
    }
}

/// The ordered fields of a batch; names need not be unique, because a query may repeat one.
package struct Schema: Hashable, Sendable {
    package var fields: [Field]

    package init(_ fields: [Field]) { self.fields = fields }

    package var count: Int { fields.count }

    /// Index of the first field with exactly this name.
    package func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }

    package subscript(index: Int) -> Field { fields[index] }
}
