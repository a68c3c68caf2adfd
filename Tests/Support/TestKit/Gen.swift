package import Hashing

/// The source of randomness of all tests: the same seed gives the same values everywhere.
package typealias SeededGenerator = SplitMix64

/// Makes random values of one kind, and simpler ones from a value that broke a property.
package struct Gen<Value: Sendable>: Sendable {
    /// A value from `generator`; `size` (0...100) grows over the rounds and bounds how large it gets.
    package let make: @Sendable (_ generator: inout SeededGenerator, _ size: Int) -> Value
    /// Simpler values to try instead of a failing one, the simplest first; empty when there is none.
    package let shrink: @Sendable (Value) -> [Value]

    package init(
        shrink: @escaping @Sendable (Value) -> [Value] = { _ in [] },
        make: @escaping @Sendable (_ generator: inout SeededGenerator, _ size: Int) -> Value
    ) {
        self.make = make
        self.shrink = shrink
    }

    /// Values of another kind made from these; they shrink only through a `Gen` of their own.
    package func map<Other: Sendable>(
        _ transform: @escaping @Sendable (Value) -> Other
    ) -> Gen<Other> {
        Gen<Other> { generator, size in transform(self.make(&generator, size)) }
    }

    /// nil in one of five cases.
    package var optional: Gen<Value?> {
        Gen<Value?>(
            shrink: { value in value.map { [nil] + self.shrink($0).map(Optional.some) } ?? [] },
            make: { generator, size in
                Int.random(in: 0..<5, using: &generator) == 0 ? nil : self.make(&generator, size)
            }
        )
    }
}

extension Gen {
    /// One of `choices`, each as likely; earlier ones count as simpler.
    package static func element(of choices: [Value]) -> Gen where Value: Equatable {
        precondition(!choices.isEmpty, "an element of something")
        return Gen(
            shrink: { value in choices.firstIndex(of: value).map { Array(choices[..<$0]) } ?? [] },
            make: { generator, _ in choices[Int.random(in: choices.indices, using: &generator)] }
        )
    }

    /// A value of one of several generators, each as likely.
    package static func oneOf(_ generators: Gen...) -> Gen {
        Gen(
            shrink: { value in generators.flatMap { $0.shrink(value) } },
            make: { generator, size in
                let chosen = Int.random(in: generators.indices, using: &generator)
                return generators[chosen].make(&generator, size)
            }
        )
    }
}

extension Gen where Value: FixedWidthInteger {
    /// A number of `range`; one in four lies at an edge, at zero or next to it.
    package static func integer(in range: ClosedRange<Value> = Value.min...Value.max) -> Gen {
        Gen(
            shrink: { value in shrunk(value).filter(range.contains) },
            make: { generator, _ in
                guard Int.random(in: 0..<4, using: &generator) == 0 else {
                    return Value.random(in: range, using: &generator)
                }
                let edges = [range.lowerBound, range.upperBound, 0, 1].filter(range.contains)
                return edges[Int.random(in: edges.indices, using: &generator)]
            }
        )
    }

    private static func shrunk(_ value: Value) -> [Value] {
        guard value != 0 else { return [] }
        var simpler: [Value] = [0]
        if value / 2 != 0 { simpler.append(value / 2) }
        simpler.append(value > 0 ? value - 1 : value + 1)
        return simpler
    }
}

extension Gen where Value == Double {
    /// Any finite number, with zeros, infinities, subnormal numbers and NaN among them.
    package static var double: Gen {
        Gen(
            shrink: { $0 == 0 ? [] : [0, ($0 / 2).rounded(.towardZero)].filter { $0.isFinite } },
            make: { generator, _ in
                let special: [Double] = [
                    0, -0.0, 1, -1, .nan, .infinity, -.infinity, .leastNonzeroMagnitude,
                    .greatestFiniteMagnitude, 0.1,
                ]
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: return special[Int.random(in: special.indices, using: &generator)]
                case 1: return Double(bitPattern: generator.next())
                case 2: return Double(Int.random(in: -1000...1000, using: &generator)) / 8
                default: return Double.random(in: -1e9...1e9, using: &generator)
                }
            }
        )
    }
}

extension Gen where Value == Bool {
    package static var bool: Gen {
        Gen(shrink: { $0 ? [false] : [] }, make: { generator, _ in generator.next() & 1 == 1 })
    }
}

extension Gen where Value == String {
    /// Up to `size` characters of all lengths in UTF-8, with quotes, separators and line ends among them.
    package static var text: Gen {
        let characters: [Character] = Array("ab09 _-,;:\"'`\\/\n\r\t\u{0}éß€漢😀\u{301}{}[]$%#")
        return text(of: characters)
    }

    /// Up to `size` characters out of `characters`.
    package static func text(of characters: [Character]) -> Gen {
        let array = Gen<[Character]>.array(of: Gen<Character>.element(of: characters))
        return Gen(
            shrink: { array.shrink(Array($0)).map { String($0) } },
            make: { generator, size in String(array.make(&generator, size)) }
        )
    }
}

/// Arrays of other values.
extension Gen {
    /// Up to `size` elements (at most `maximum`), often none or one.
    package static func array<Element: Sendable>(
        of element: Gen<Element>,
        maximum: Int = .max
    ) -> Gen where Value == [Element] {
        Gen(
            shrink: { shrunk($0, by: element) },
            make: { generator, size in
                let limit = min(maximum, max(size, 1))
                let count = Int.random(in: 0...limit, using: &generator)
                return (0..<count).map { _ in element.make(&generator, size) }
            }
        )
    }

    private static func shrunk<Element: Sendable>(
        _ elements: [Element],
        by element: Gen<Element>
    ) -> [Value] where Value == [Element] {
        guard !elements.isEmpty else { return [] }
        let middle = elements.count / 2
        var simpler: [[Element]] = [[]]
        if elements.count > 1 {
            simpler.append(Array(elements[..<middle]))
            simpler.append(Array(elements[middle...]))
        }
        for index in elements.indices.prefix(64) {
            var rest = elements
            rest.remove(at: index)
            if elements.count > 2 { simpler.append(rest) }
            for candidate in element.shrink(elements[index]) {
                rest = elements
                rest[index] = candidate
                simpler.append(rest)
            }
        }
        return simpler
    }
}

/// Two values at once; each shrinks while the other stays.
package func pair<First: Sendable, Second: Sendable>(
    _ first: Gen<First>,
    _ second: Gen<Second>
) -> Gen<(First, Second)> {
    Gen(
        shrink: { value in
            first.shrink(value.0).map { ($0, value.1) }
                + second.shrink(value.1).map { (value.0, $0) }
        },
        make: { generator, size in (first.make(&generator, size), second.make(&generator, size)) }
    )
}
