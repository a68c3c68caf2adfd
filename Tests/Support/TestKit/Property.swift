internal import Foundation
internal import Hashing
package import Testing

/// What a property run found.
package struct PropertyOutcome<Value: Sendable>: Sendable {
    /// The simplest value found that breaks the property; nil where every round held.
    package var counterexample: Value?
    /// Why it breaks: what the property threw, or that it was false.
    package var reason: String
    /// The seed that replays the run.
    package var seed: UInt64
    /// The round, from 0, that failed first.
    package var round: Int
}

/// Checks that `property` is true for many values of `values`, and records an issue where it is not.
///
/// A property fails by being false or by throwing. The failing value is made simpler by halving for as
/// long as it still fails. `PROPERTY_ROUNDS` sets how many values are tried, `PROPERTY_SEED` where the
/// numbers start (`random` picks a new start).
package func checkProperty<Value: Sendable>(
    _ claim: String,
    _ values: Gen<Value>,
    rounds: Int = 200,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ property: (Value) throws -> Bool
) {
    let outcome = runProperty(claim, values, rounds: rounds, property)
    guard let counterexample = outcome.counterexample else { return }
    let report = """
        \(claim): broken in round \(outcome.round) by \(counterexample): \(outcome.reason)
        seed=\(outcome.seed) replay: PROPERTY_SEED=\(outcome.seed)
        """
    Issue.record("\(report)", sourceLocation: sourceLocation)
}

/// Runs a property as ``checkProperty(_:_:rounds:sourceLocation:_:)`` does, without recording an issue.
package func runProperty<Value: Sendable>(
    _ claim: String,
    _ values: Gen<Value>,
    rounds: Int = 200,
    _ property: (Value) throws -> Bool
) -> PropertyOutcome<Value> {
    let environment = ProcessInfo.processInfo.environment
    let rounds = environment["PROPERTY_ROUNDS"].flatMap(Int.init) ?? rounds
    let seed = startingSeed(claim, environment["PROPERTY_SEED"])
    var generator = SeededGenerator(seed: seed)
    for round in 0..<rounds {
        let size = min(round / 2, 100)
        let value = values.make(&generator, size)
        guard let reason = reasonForFailure(property, value) else { continue }
        let (simplest, simplestReason) = simplified(value, reason, values, property)
        return PropertyOutcome(
            counterexample: simplest,
            reason: simplestReason,
            seed: seed,
            round: round
        )
    }
    return PropertyOutcome(counterexample: nil, reason: "", seed: seed, round: rounds)
}

/// A seed of its own for each claim, the same in every run, unless the environment gives one.
private func startingSeed(_ claim: String, _ wanted: String?) -> UInt64 {
    if wanted == "random" { return UInt64.random(in: .min ... .max) }
    if let wanted, let seed = UInt64(wanted) { return seed }
    return claim.utf8.reduce(0) { SeededGenerator.mix($0 ^ UInt64($1)) }
}

private func reasonForFailure<Value>(
    _ property: (Value) throws -> Bool,
    _ value: Value
) -> String? {
    do {
        return try property(value) ? nil : "it is false"
    } catch {
        return "it threw \(error)"
    }
}

/// Takes the first simpler value that fails too, until there is none or 2,000 values were tried.
private func simplified<Value: Sendable>(
    _ value: Value,
    _ reason: String,
    _ values: Gen<Value>,
    _ property: (Value) throws -> Bool
) -> (Value, String) {
    var simplest = (value, reason)
    var attempts = 2000
    search: while attempts > 0 {
        for candidate in values.shrink(simplest.0) {
            attempts -= 1
            if let reason = reasonForFailure(property, candidate) {
                simplest = (candidate, reason)
                continue search
            }
            if attempts <= 0 { break }
        }
        break
    }
    return simplest
}
