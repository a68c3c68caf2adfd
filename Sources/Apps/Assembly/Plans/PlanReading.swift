internal import Arguments
internal import Failures
internal import Units
internal import YAML

/// Collects what is wrong with a plan while it is read, and where its parts stand.
///
/// Reading goes on behind a mistake with the part's default, so that a person gets all mistakes at once.
final class PlanReading {
    private(set) var failures: [Failure] = []
    /// Where the parts of the plan stand, by names such as `stages/canary-10/weight`.
    private(set) var places: [String: SourcePosition] = [:]
    /// What the plan asks for that no plan can have: findings of rules, made while reading.
    private(set) var oddities: [Oddity] = []

    /// A wish that the plan's language knows only to refuse it by its rule.
    struct Oddity {
        enum Kind {
            /// A stage or the plan assigns units by another rule than by nested thresholds.
            case otherAssignment(String)
            /// A stage has a salt of its own.
            case secondSalt
        }

        var kind: Kind
        var stage: String?
        var position: SourcePosition
    }

    func fail(
        _ code: String,
        _ problem: String,
        remedy: String,
        at position: SourcePosition
    ) {
        failures.append(
            Failure(code, blame: .request, problem, remedy: remedy, at: .text(position))
        )
    }

    /// A value of the wrong kind or form.
    func refuse(_ problem: String, remedy: String, at position: SourcePosition) {
        fail("MIG_PLAN_SYNTAX", problem, remedy: remedy, at: position)
    }

    func note(_ name: String, at position: SourcePosition) { places[name] = position }

    func note(_ oddity: Oddity) { oddities.append(oddity) }
}

/// Single values.
extension PlanReading {
    func text(_ node: YAMLNode, _ what: String) -> String? {
        guard let scalar = node.scalar, !node.isNull, !scalar.text.isEmpty else {
            refuse("\(what) is \(node.kind)", remedy: "write a text", at: node.position)
            return nil
        }
        return scalar.text
    }

    func bool(_ node: YAMLNode, _ what: String) -> Bool? {
        guard case .bool(let value) = node.scalar?.value else {
            refuse("\(what) is \(node.kind)", remedy: "write true or false", at: node.position)
            return nil
        }
        return value
    }

    func integer(_ node: YAMLNode, _ what: String, in range: ClosedRange<Int>) -> Int? {
        guard case .integer(let value) = node.scalar?.value, let integer = Int(exactly: value),
            range.contains(integer)
        else {
            let remedy =
                range.upperBound == .max
                ? "write an integer from \(range.lowerBound) on"
                : "write an integer from \(range.lowerBound) to \(range.upperBound)"
            refuse("\(what) is \(node.kind)", remedy: remedy, at: node.position)
            return nil
        }
        return integer
    }

    func number(_ node: YAMLNode, _ what: String, atLeast lower: Double = 0) -> Double? {
        let value: Double? =
            switch node.scalar?.value {
            case .integer(let integer): Double(integer)
            case .number(let number): number
            default: nil
            }
        guard let value, value.isFinite, value >= lower else {
            refuse(
                "\(what) is \(node.kind)",
                remedy: "write a number from \(lower) on",
                at: node.position
            )
            return nil
        }
        return value
    }

    /// Whole milliseconds: `30m`, `1h 30m`, `0`.
    func milliseconds(_ node: YAMLNode, _ what: String) -> Int? {
        guard let text = text(node, what) else { return nil }
        do throws(UnitError) {
            let nanoseconds = try Duration(parsing: text).inNanoseconds
            guard nanoseconds % 1_000_000 == 0 else {
                throw UnitError(
                    text,
                    column: 1,
                    "\"\(text)\" is no whole number of milliseconds",
                    remedy: "write milliseconds at least"
                )
            }
            return Int(nanoseconds / 1_000_000)
        } catch {
            refuse(what, error, at: node)
            return nil
        }
    }

    /// Parts per million: `0.1%`, `1000ppm`, `0`.
    func share(_ node: YAMLNode, _ what: String) -> Int? {
        guard let text = text(node, what) else { return nil }
        do throws(UnitError) {
            return try PartsPerMillion(parsing: text).value
        } catch {
            refuse(what, error, at: node)
            return nil
        }
    }

    /// A percentage with or without its sign: `90`, `99.5`, `90%`; in parts per million.
    func percentage(_ node: YAMLNode, _ what: String) -> Int? {
        guard let text = text(node, what) else { return nil }
        do throws(UnitError) {
            return try PartsPerMillion(parsing: text.hasSuffix("%") ? text : text + "%").value
        } catch {
            refuse(what, error, at: node)
            return nil
        }
    }

    /// A multiple in millionths: `1.5x`.
    func multiple(_ node: YAMLNode, _ what: String) -> Int? {
        guard let text = text(node, what) else { return nil }
        guard let millionths = Self.millionths(text) else {
            refuse(
                "\(what) is \"\(text)\"",
                remedy: "write a multiple such as 1.5x",
                at: node.position
            )
            return nil
        }
        return millionths
    }

    static func millionths(_ text: String) -> Int? {
        guard text.hasSuffix("x"), let value = Double(text.dropLast()), value >= 0,
            value < 1_000_000
        else { return nil }
        return Int((value * 1_000_000).rounded())
    }

    private func refuse(_ what: String, _ error: UnitError, at node: YAMLNode) {
        var position = node.position
        if node.scalar?.isPlain == true { position.column += error.column - 1 }
        refuse("\(what): \(error.problem)", remedy: error.remedy, at: position)
    }

    /// One of a closed set of words.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: YAMLNode,
        _ what: String,
        _ type: Choice.Type = Choice.self,
        aliases: [String: Choice] = [:]
    ) -> Choice? where Choice.RawValue == String {
        guard let text = text(node, what) else { return nil }
        if let choice = Choice(rawValue: text) ?? aliases[text] { return choice }
        let names = Choice.allCases.map(\.rawValue)
        refuse(
            "\(what) is \"\(text)\"",
            remedy: NearestName.remedy(for: text, in: names),
            at: node.position
        )
        return nil
    }

    /// One text, or a list of texts.
    func texts(_ node: YAMLNode, _ what: String) -> [String] {
        guard let elements = node.sequence else { return text(node, what).map { [$0] } ?? [] }
        return elements.compactMap { text($0, what) }
    }

    func elements(_ node: YAMLNode, _ what: String) -> [YAMLNode] {
        if let elements = node.sequence { return elements }
        refuse("\(what) is \(node.kind)", remedy: "write a list", at: node.position)
        return []
    }
}
