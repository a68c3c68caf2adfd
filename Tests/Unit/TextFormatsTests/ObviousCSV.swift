import TextFormats

/// Reads CSV byte by byte in the most obvious way: the oracle of the tests.
struct ObviousCSV {
    struct Record: Equatable {
        var range: Range<Int>
        /// Nil: the quotes of this field are bad.
        var fields: [[UInt8]?] = []
        var isOpen = false
    }

    let text: [UInt8]
    let options: CSVOptions
    private var position = 0

    init(_ text: [UInt8], _ options: CSVOptions) {
        self.text = text
        self.options = options
    }

    private var byte: UInt8? { position < text.count ? text[position] : nil }

    mutating func records() -> [Record] {
        var records: [Record] = []
        while position < text.count {
            if options.allowsComments {
                while byte == 0x20 { position += 1 }
                let rest = text[position...].prefix { $0 != 0x0A }
                if rest.first == 0x23 || rest.isEmpty || rest.elementsEqual([0x0D]) {
                    position += rest.count + 1
                    continue
                }
            }
            records.append(record())
        }
        return records
    }

    private mutating func record() -> Record {
        let start = position
        var record = Record(range: start..<start)
        while true {
            let (field, isOpen) = field()
            record.fields.append(field)
            record.isOpen = isOpen
            let end = position
            let separator = byte
            position += 1
            if separator == options.delimiter { continue }
            record.range = start..<end
            if record.range.last.map({ text[$0] }) == 0x0D {
                record.range = start..<end - 1
            }
            return record
        }
    }

    /// The field at `position`, which stays at the separator behind it.
    private mutating func field() -> ([UInt8]?, isOpen: Bool) {
        let start = position
        if let quote = options.quote, byte == quote {
            position += 1
            return quoted(quote)
        }
        var field: [UInt8] = []
        while let next = byte, next != options.delimiter, next != 0x0A {
            position += 1
            if next == options.escape {
                guard let escaped = byte else { return (nil, false) }
                field.append(Self.meaning(escaped))
                position += 1
            } else {
                field.append(next)
            }
        }
        if byte != options.delimiter, position > start, text[position - 1] == 0x0D {
            // The line end's carriage return, unless it was escaped.
            if options.escape == nil || position < start + 2 || text[position - 2] != options.escape
            {
                field.removeLast()
            }
        }
        return (field, false)
    }

    private mutating func quoted(_ quote: UInt8) -> ([UInt8]?, isOpen: Bool) {
        var field: [UInt8] = []
        while let next = byte {
            position += 1
            if next == quote {
                if byte == quote {
                    field.append(quote)
                    position += 1
                    continue
                }
                var isGood = true
                while let rest = byte, rest != options.delimiter, rest != 0x0A {
                    if rest > 0x20 { isGood = false }
                    position += 1
                    if rest == options.escape, byte != nil { position += 1 }
                }
                return (isGood ? field : nil, false)
            }
            if next == options.escape {
                guard let escaped = byte else { break }
                field.append(Self.meaning(escaped))
                position += 1
            } else {
                field.append(next)
            }
        }
        return (nil, true)
    }

    private static func meaning(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x30: 0
        case 0x6E: 0x0A
        case 0x72: 0x0D
        case 0x74: 0x09
        default: byte
        }
    }
}
