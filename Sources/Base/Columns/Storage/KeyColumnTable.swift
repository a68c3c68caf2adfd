/// Numbers the distinct values of one key column, NULL among them, in the order in which they are first seen.
struct KeyColumnTable: Sendable {
    let type: DataType
    private var integers = IntegerKeyTable()
    private var wides = WideKeyTable()
    /// What is known of dictionaries seen lately, the latest last.
    private var translations: [Translation] = []

    /// Numbers of a dictionary's entries; -1 where an entry has not been met yet.
    private struct Translation: Sendable {
        /// Held, so that its identity stays its own; the longest of its lineage that was met.
        var dictionary: TextDictionary
        var numbers: [Int32]
    }

    /// Dictionaries remembered: enough for the sources of one UNION, each read by many threads.
    private static let translationLimit = 32

    init(_ type: DataType) { self.type = type }

    private var isWide: Bool { type.physical == .text || type.physical == .decimal }

    var count: Int { isWide ? wides.count : integers.count }

    var byteCount: Int {
        integers.byteCount + wides.byteCount
            + translations.reduce(0) { $0 + $1.numbers.capacity * 4 }
    }

    /// SAFETY: `column` covers every visited row, and `output` has room for `visited.count` numbers.
    mutating func number(
        _ column: Column,
        _ visited: VisitedRows,
        inserts: Bool,
        into output: UnsafeMutablePointer<Int32>
    ) {
        precondition(
            column.type.physical == type.physical,
            "\(column.type) is no key of type \(type)"
        )
        let validity = unsafe VisitedValidity(words: column.validity?.words.first)
        switch column.values {
        case .integers(let buffer):
            unsafe integers.number(buffer.first, visited, validity, inserts: inserts, into: output)
        case .doubles(let buffer):
            let bits = Self.canonicalBits(buffer)
            unsafe integers.number(bits.first, visited, validity, inserts: inserts, into: output)
        case .booleans(let bitmap):
            let bits = Self.widened(bitmap)
            unsafe integers.number(bits.first, visited, validity, inserts: inserts, into: output)
        case .decimals(let buffer):
            unsafe wides.number(buffer.first, visited, validity, inserts: inserts, into: output)
        case .texts(let texts):
            unsafe wides.number(texts, visited, validity, inserts: inserts, into: output)
        case .coded(let codes, let dictionary):
            unsafe number(codes, dictionary, visited, validity, inserts, into: output)
        }
    }

    /// The bits of doubles with one NaN and one zero.
    private static func canonicalBits(_ buffer: Buffer<Double>) -> Buffer<Int64> {
        let source = buffer.span
        return Buffer(capacity: source.count) { output in
            for row in source.indices {
                let value = source[row]
                let bits = value == 0 ? 0 : Int64(bitPattern: value.bitPattern)
                output.append(value.isNaN ? 0x7FF8_0000_0000_0000 : bits)
            }
        }
    }

    private static func widened(_ bitmap: Bitmap) -> Buffer<Int64> {
        let words = bitmap.words.span
        return Buffer(capacity: bitmap.count) { output in
            for row in 0..<bitmap.count {
                output.append(
                    Int64(truncatingIfNeeded: words[row >> 6] &>> UInt64(row & 63) & 1)
                )
            }
        }
    }
}

extension KeyColumnTable {
    private mutating func number(
        _ codes: Buffer<Int32>,
        _ dictionary: TextDictionary,
        _ visited: VisitedRows,
        _ validity: VisitedValidity,
        _ inserts: Bool,
        into output: UnsafeMutablePointer<Int32>
    ) {
        let position = translationPosition(of: dictionary)
        var numbers = translations[position].numbers
        translations[position].numbers = []
        var index = 0
        while index < visited.count {
            if inserts {
                index = unsafe Self.translateBlocks(
                    codes,
                    numbers,
                    visited,
                    validity,
                    index,
                    output
                )
            }
            index = unsafe Self.translate(codes, numbers, visited, validity, index, output)
            guard index < visited.count else { break }
            // A row that the translation does not know: NULL, or an entry met for the first time.
            let row = visited.row(index)
            let isNull = validity.isNull(row)
            let code = isNull ? 0 : Int(codes[row])
            let number = entryNumber(isNull ? nil : code, dictionary, inserts)
            if !isNull { numbers[code] = number }
            unsafe output[index] = number
            index += 1
            // A missing key stays unknown, and NULL is never in the translation; go on with the next row.
        }
        translations[position].numbers = numbers
    }

    /// Rows whose checks are made at once.
    private static let blockSize = 64

    /// Looks up whole blocks of rows from `start` on, and stops before one in which an entry is unknown.
    ///
    /// Only where all rows are visited and none is NULL.
    private static func translateBlocks(
        _ codes: Buffer<Int32>,
        _ numbers: [Int32],
        _ visited: VisitedRows,
        _ validity: VisitedValidity,
        _ start: Int,
        _ output: UnsafeMutablePointer<Int32>
    ) -> Int {
        guard visited.areAll, !validity.hasNulls else { return start }
        // SAFETY: blocks end before `visited.count`, which `codes` and `output` cover; a block with a code
        // outside the dictionary is left to the caller before anything is looked up.
        return unsafe numbers.withUnsafeBufferPointer { numbers in
            let code = unsafe codes.first
            let last = Int32(truncatingIfNeeded: numbers.count) &- 1
            var index = start
            while index &+ blockSize <= visited.count {
                // A sign bit stays where a code is below 0 or above the last, or a number is missing.
                var refused: Int32 = 0
                for row in index..<index &+ blockSize {
                    unsafe refused |= code[row] | (last &- code[row])
                }
                guard refused >= 0 else { return index }
                for row in index..<index &+ blockSize {
                    let number = unsafe numbers[Int(code[row])]
                    unsafe output[row] = number
                    refused |= number
                }
                guard refused >= 0 else { return index }
                index &+= blockSize
            }
            return index
        }
    }

    /// Looks up rows from `start` on, and stops at the first that is NULL or unknown.
    @inline(__always)
    private static func translate(
        _ codes: Buffer<Int32>,
        _ numbers: [Int32],
        _ visited: VisitedRows,
        _ validity: VisitedValidity,
        _ start: Int,
        _ output: UnsafeMutablePointer<Int32>
    ) -> Int {
        // SAFETY: visited rows lie within `codes`; a code outside the dictionary stops as unknown and
        // is caught by the checked access that follows.
        unsafe numbers.withUnsafeBufferPointer { numbers in
            let code = unsafe codes.first
            let count = visited.count
            let entryCount = UInt32(truncatingIfNeeded: numbers.count)
            var index = start
            while index < count {
                let row = visited.row(index)
                if validity.isNull(row) { return index }
                let entry = unsafe UInt32(bitPattern: code[row])
                if entry >= entryCount { return index }
                let number = unsafe numbers[Int(entry)]
                if number < 0 { return index }
                unsafe output[index] = number
                index &+= 1
            }
            return index
        }
    }

    /// The number of one dictionary entry, or of NULL.
    private mutating func entryNumber(
        _ code: Int?,
        _ dictionary: TextDictionary,
        _ inserts: Bool
    ) -> Int32 {
        var number: Int32 = -1
        var row = Int32(code ?? 0)
        var noWord: UInt64 = 0
        // SAFETY: the pointers live during the call; one row is visited, which `code` names in the
        // dictionary; without a code no text is read because the only row is NULL.
        precondition(
            code.map { $0 < dictionary.values.count } ?? true,
            "code outside its dictionary"
        )
        unsafe withUnsafePointer(to: &row) { rows in
            unsafe withUnsafePointer(to: &noWord) { word in
                unsafe wides.number(
                    dictionary.values,
                    VisitedRows(rows: rows, count: 1),
                    VisitedValidity(words: code == nil ? word : nil),
                    inserts: inserts,
                    into: &number
                )
            }
        }
        return number
    }

    private mutating func translationPosition(of dictionary: TextDictionary) -> Int {
        if let found = translations.lastIndex(where: {
            $0.dictionary.lineage === dictionary.lineage
        }) {
            let added = dictionary.values.count - translations[found].numbers.count
            if added > 0 {
                translations[found].dictionary = dictionary
                translations[found].numbers += repeatElement(-1, count: added)
            }
            return found
        }
        if translations.count == Self.translationLimit { translations.removeFirst() }
        let numbers = [Int32](repeating: -1, count: dictionary.values.count)
        translations.append(Translation(dictionary: dictionary, numbers: numbers))
        return translations.count - 1
    }

    /// The values behind numbers, as a column.
    func values(_ numbers: Span<Int32>) -> Column {
        switch type.physical {
        case .text: return Column(type, .texts(texts(numbers)), validity: validity(numbers))
        case .decimal:
            let decimals = Buffer<Int128>(capacity: numbers.count) { output in
                for index in numbers.indices { output.append(wides.decimal(Int(numbers[index]))) }
            }
            return Column(type, .decimals(decimals), validity: validity(numbers))
        case .integer:
            let values = Buffer<Int64>(capacity: numbers.count) { output in
                for index in numbers.indices { output.append(integers.key(Int(numbers[index]))) }
            }
            return Column(type, .integers(values), validity: validity(numbers))
        case .double:
            let doubles = Buffer<Double>(capacity: numbers.count) { output in
                for index in numbers.indices {
                    let bits = UInt64(bitPattern: integers.key(Int(numbers[index])))
                    output.append(Double(bitPattern: bits))
                }
            }
            return Column(type, .doubles(doubles), validity: validity(numbers))
        case .boolean:
            var builder = BitmapBuilder(capacity: numbers.count)
            for index in numbers.indices { builder.append(integers.key(Int(numbers[index])) != 0) }
            return Column(type, .booleans(builder.finish()), validity: validity(numbers))
        }
    }

    private func texts(_ numbers: Span<Int32>) -> TextValues {
        var builder = TextBuilder(capacity: numbers.count)
        for index in numbers.indices { wides.append(Int(numbers[index]), to: &builder) }
        return builder.finish()
    }

    private func validity(_ numbers: Span<Int32>) -> Bitmap? {
        guard isWide ? wides.hasNull : integers.hasNull else { return nil }
        var builder = BitmapBuilder(capacity: numbers.count)
        var hasNulls = false
        for index in numbers.indices {
            let number = Int(numbers[index])
            let isNull = isWide ? wides.isNull(number) : integers.isNull(number)
            if isNull { hasNulls = true }
            builder.append(!isNull)
        }
        return hasNulls ? builder.finish() : nil
    }
}
