package import Columns
package import Failures
internal import Hashing

/// The hashes of the keys of all rows of a batch at once.
///
/// Keys of one text column, the common case, take one pass; a dictionary's entries are hashed once for as
/// long as batches share the dictionary. Reused from batch to batch, it allocates only to grow.
package struct RouteHashes: Sendable {
    package let key: RouteKey
    /// One hash a row; unspecified where the row has no usable key.
    package private(set) var hashes: [UInt64] = []
    /// Rows without a usable key, rising.
    package private(set) var missing: [Int] = []
    private var entries = EntryHashes()
    private var states: [KeyState] = []

    package init(_ key: RouteKey) { self.key = key }

    /// Hashes the keys of a batch.
    ///
    /// - Parameter columns: the targeting fields in the plan's order, at least one, of one length.
    /// - Throws: `MIG_KEY_TYPE` for a column whose values are neither texts, byte strings nor integers.
    package mutating func hash(_ columns: [Column]) throws(Failure) {
        for column in columns { try Self.requireKey(column.type) }
        missing.removeAll(keepingCapacity: true)
        hashes.removeAll(keepingCapacity: true)
        if columns.count == 1 { hashOne(columns[0]) } else { hashSeveral(columns) }
    }

    /// The hash of a row's key; nil where it has no usable one.
    ///
    /// - Complexity: O(log of the rows without).
    package func hash(_ row: Int) -> UInt64? {
        if !missing.isEmpty {
            var low = 0
            var high = missing.count
            while low < high {
                let middle = (low + high) / 2
                if missing[middle] < row { low = middle + 1 } else { high = middle }
            }
            if low < missing.count, missing[low] == row { return nil }
        }
        return hashes[row]
    }

    private static func requireKey(_ type: DataType) throws(Failure) {
        switch type {
        case .null, .tinyint, .smallint, .int, .bigint, .char, .varchar, .string, .bytes: return
        default:
            throw Failure(
                "MIG_KEY_TYPE",
                blame: .request,
                "a targeting field has the type \(type)",
                remedy: "route by texts, byte strings or integers"
            )
        }
    }

    private mutating func append(_ hash: UInt64?) {
        if hash == nil { missing.append(hashes.count) }
        hashes.append(hash ?? 0)
    }

    private mutating func hashOne(_ column: Column) {
        hashes.reserveCapacity(column.count)
        switch column.values {
        case .integers(let values):
            let isAbsent = column.type == .null
            for row in 0..<values.count {
                let isMissing = isAbsent || column.isNull(row)
                append(isMissing ? nil : key.hash(integer: values[row]))
            }
        case .texts(let texts): hashTexts(texts, column)
        case .coded(let codes, let dictionary):
            entries.extend(to: dictionary, isText: column.type != .bytes, key: key)
            for row in 0..<codes.count {
                append(column.isNull(row) ? nil : entries.hash(Int(codes[row])))
            }
        case .doubles, .booleans, .decimals: preconditionFailure("refused by its type")
        }
    }

    private mutating func hashTexts(_ texts: TextValues, _ column: Column) {
        let bytes = texts.bytes.span
        let offsets = texts.offsets.span
        let isText = column.type != .bytes
        let sipKey = key.sipKey
        for row in 0..<texts.count {
            let field = bytes.extracting(Int(offsets[row])..<Int(offsets[row + 1]))
            let (hash, isASCII) = RouteHash.hash(field: field, key: sipKey)
            if column.isNull(row) || field.count > routeKeySizeLimit || (isText && !isASCII) {
                append(slowHash(field, isNull: column.isNull(row), isText: isText))
            } else {
                hashes.append(hash)
            }
        }
    }

    private func slowHash(_ field: Span<UInt8>, isNull: Bool, isText: Bool) -> UInt64? {
        if isNull { return nil }
        return isText ? key.hash(text: field) : key.hash(bytes: field)
    }

    /// Keys of several fields: one state a row, fed column by column.
    private mutating func hashSeveral(_ columns: [Column]) {
        let count = columns.first?.count ?? 0
        states.removeAll(keepingCapacity: true)
        states.append(contentsOf: repeatElement(KeyState(key.sipKey), count: count))
        for column in columns {
            precondition(column.count == count, "key columns of one length")
            Self.append(column, to: &states)
        }
        for state in states { append(state.isUsable ? state.hash.finalize() : nil) }
    }

    private static func append(_ column: Column, to states: inout [KeyState]) {
        let isText = column.type != .bytes
        switch column.values {
        case .integers(let values):
            let isAbsent = column.type == .null
            for row in states.indices {
                states[row].append(integer: values[row], isMissing: isAbsent || column.isNull(row))
            }
        case .texts(let texts):
            let bytes = texts.bytes.span
            for row in states.indices {
                let field = bytes.extracting(texts.range(row))
                states[row].append(field, isMissing: column.isNull(row), isText: isText)
            }
        case .coded(let codes, let dictionary):
            let texts = dictionary.values
            let bytes = texts.bytes.span
            for row in states.indices {
                // The code of a NULL row is unspecified.
                let isMissing = column.isNull(row)
                let range = isMissing ? 0..<0 : texts.range(Int(codes[row]))
                let field = bytes.extracting(range)
                states[row].append(field, isMissing: isMissing, isText: isText)
            }
        case .doubles, .booleans, .decimals: preconditionFailure("refused by its type")
        }
    }
}

/// The key of one row in the making.
private struct KeyState: Sendable {
    var hash: SipHash64
    var size = 0
    var isUsable = true

    init(_ key: SipKey) { hash = SipHash64(key) }

    mutating func append(integer: Int64, isMissing: Bool) {
        let text = DecimalText(integer)
        let digits = text.digits.span
        append(digits.extracting(text.start..<20), isMissing: isMissing, isText: false)
    }

    mutating func append(_ field: Span<UInt8>, isMissing: Bool, isText: Bool) {
        isUsable = isUsable && !isMissing
        guard isUsable else { return }
        if isText && !NormalText.isASCII(field) {
            let normal = NormalText.composed(field)
            append(normal.span)
        } else {
            append(field)
        }
    }

    private mutating func append(_ field: Span<UInt8>) {
        size += field.count
        isUsable = size <= routeKeySizeLimit
        guard isUsable else { return }
        hash.update(UInt32(field.count))
        hash.update(field)
    }
}

/// The hashes of a dictionary's entries, kept while batches share it or one extended from it.
private struct EntryHashes: Sendable {
    private var lineage: TextDictionary.Lineage?
    private var isText = true
    private var hashes: [UInt64] = []
    private var unusable: Set<Int> = []

    func hash(_ code: Int) -> UInt64? {
        !unusable.isEmpty && unusable.contains(code) ? nil : hashes[code]
    }

    mutating func extend(to dictionary: TextDictionary, isText: Bool, key: RouteKey) {
        if lineage !== dictionary.lineage || self.isText != isText {
            lineage = dictionary.lineage
            self.isText = isText
            hashes.removeAll(keepingCapacity: true)
            unusable.removeAll()
        }
        let texts = dictionary.values
        guard hashes.count < texts.count else { return }
        let bytes = texts.bytes.span
        for entry in hashes.count..<texts.count {
            let field = bytes.extracting(texts.range(entry))
            let hash = isText ? key.hash(text: field) : key.hash(bytes: field)
            if hash == nil { unusable.insert(entry) }
            hashes.append(hash ?? 0)
        }
    }
}
