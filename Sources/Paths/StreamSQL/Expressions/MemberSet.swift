internal import Columns

/// The values of an IN list, sorted so that a row costs O(log values).
struct MemberSet: Sendable {
    enum Members: Sendable {
        case integers([Int64])
        /// Without NaN, which equals nothing; 0.0 stands for both zeros.
        case doubles([Double])
        case decimals([Int128])
        case booleans(hasTrue: Bool, hasFalse: Bool)
        case texts(TextValues)
    }

    let members: Members
    /// Whether the list has a NULL, which turns every miss into NULL.
    let hasNull: Bool

    /// `type` is the operand's; the values have it too.
    init(_ values: [Value], type: DataType) {
        hasNull = values.contains { $0.isNull }
        switch type.physical {
        case .integer:
            members = .integers(
                Set(values.compactMap { if case .integer(let value) = $0 { value } else { nil } })
                    .sorted()
            )
        case .double:
            let doubles = values.compactMap { value -> Double? in
                switch value {
                case .double(let double): double.isNaN ? nil : double
                case .integer(let integer): Double(integer)
                default: nil
                }
            }
            members = .doubles(Set(doubles).sorted())
        case .decimal:
            members = .decimals(
                Set(values.compactMap { if case .decimal(let value) = $0 { value } else { nil } })
                    .sorted()
            )
        case .boolean:
            members = .booleans(
                hasTrue: values.contains(.boolean(true)),
                hasFalse: values.contains(.boolean(false))
            )
        case .text:
            let texts = values.compactMap { value -> [UInt8]? in
                switch value {
                case .text(let text): [UInt8](text.utf8)
                case .bytes(let bytes): bytes
                default: nil
                }
            }
            var builder = TextBuilder(capacity: texts.count)
            for text in Set(texts).sorted(by: { byteOrder($0.span, $1.span) < 0 }) {
                builder.append(text.span)
            }
            members = .texts(builder.finish())
        }
    }
}

/// Whether the ascending `members` hold `element`; O(log members).
///
/// Without `BitwiseCopyable` the optimizer of Swift 6.3.1 crashes on the span (CONTRIBUTING.md, traps).
@inline(__always)
private func contains<Element: Comparable & BitwiseCopyable>(
    _ members: Span<Element>,
    _ element: Element
) -> Bool {
    var (lower, upper) = (0, members.count)
    while lower < upper {
        let middle = (lower &+ upper) >> 1
        if members[middle] < element { lower = middle &+ 1 } else { upper = middle }
    }
    return lower < members.count && members[lower] == element
}

extension Call {
    /// `[NOT] IN`: NULL for a NULL operand, and for a miss where the list has a NULL.
    func membership(_ set: MemberSet, isNegated: Bool) -> Column {
        let found = found(set.members)
        var known = validity
        if set.hasNull { known = intersection(known, found) }
        return Column(type, .booleans(isNegated ? ~found : found), validity: known)
    }

    private func found(_ members: MemberSet.Members) -> Bitmap {
        switch members {
        case .integers(let members):
            let source = inputs[0].integers
            if case .vector(let buffer) = source {
                return search(buffer.span, members.span)
            }
            return Bitmap(repeating: contains(members.span, source[0]), count: count)
        case .doubles(let members):
            let source = inputs[0].doubles
            let span = members.span
            return pack(count: count) { contains(span, source[$0]) }
        case .decimals(let members):
            let source = inputs[0].decimals
            let span = members.span
            return pack(count: count) { contains(span, source[$0]) }
        case .booleans(let hasTrue, let hasFalse):
            let values = inputs[0].booleans(count: count)
            let none = Bitmap(repeating: false, count: count)
            return (hasTrue ? values : none) | (hasFalse ? ~values : none)
        case .texts(let members): return search(inputs[0].texts, members)
        }
    }

    /// A few members are compared one by one, which is faster than a search that the processor mispredicts.
    private func search(_ values: Span<Int64>, _ members: Span<Int64>) -> Bitmap {
        guard members.count <= 8 else {
            return pack(count: count) { contains(members, values[$0]) }
        }
        return pack(count: count) { row in
            let value = values[row]
            var isFound = false
            for index in members.indices { isFound = isFound != (members[index] == value) }
            return isFound
        }
    }

    private func search(_ source: TextSource, _ members: TextValues) -> Bitmap {
        let bytes = source.bytes.span
        let memberBytes = members.bytes.span
        return pack(count: count) { row in
            let text = bytes.extracting(source.range(row))
            var (lower, upper) = (0, members.count)
            while lower < upper {
                let middle = (lower &+ upper) >> 1
                let order = byteOrder(memberBytes.extracting(members.range(middle)), text)
                if order == 0 { return true }
                if order < 0 { lower = middle &+ 1 } else { upper = middle }
            }
            return false
        }
    }
}
