internal import Columns
package import Failures
internal import Hashing

/// A mistake put into the candidate on purpose, to show what a migration does about it.
package struct LiveFault: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A wrong value in one window of `oneIn`.
        case badCandidate = "bad-candidate"
        /// The last digit of a result is off by one.
        case oneDigit = "one-digit"
        case missingRows = "missing-rows"
        case extraRows = "extra-rows"
        /// Rows come behind those of later windows.
        case lateRows = "late-rows"
        /// Every worker fails with an I/O error.
        case killCandidate = "kill-candidate"
        /// It takes rows until its queue is full, and gives nothing.
        case stallCandidate = "stall-candidate"
    }

    package var kind: Kind
    /// Units of which about one is wrong.
    package var oneIn: UInt64 = 2000

    package init(_ kind: Kind) { self.kind = kind }

    package static let injectedError = Failure(
        "IO_INJECTED",
        blame: .outside,
        "a worker of the candidate got an I/O error that was injected",
        remedy: "leave `--fault` out"
    )

    /// What the candidate claims instead of its rows, and rows that it gives only behind the next ones.
    func spoil(_ rows: Batch, _ identity: WindowIdentity) -> (now: Batch, late: Batch?) {
        guard kind != .killCandidate, kind != .stallCandidate, rows.rowCount > 0 else {
            return (rows, nil)
        }
        let starts = identity.starts(rows)
        let ends = identity.ends(rows)
        let chosen = (0..<rows.rowCount).filter { row in
            var hash = SipHash64(SipKey(tag: "fault/v1", salt: kind.rawValue))
            hash.update(UInt64(bitPattern: starts[row]))
            hash.update(UInt64(bitPattern: ends[row]))
            for column in identity.key {
                let text = Array("\(rows.columns[column].value(row))".utf8)
                hash.update(text.span)
            }
            return hash.finalize() % oneIn == 0
        }
        guard !chosen.isEmpty else { return (rows, nil) }
        switch kind {
        case .killCandidate, .stallCandidate: return (rows, nil)
        case .missingRows: return (rows.without(chosen), nil)
        case .lateRows: return (rows.without(chosen), rows.gather(by: Selection(chosen)))
        case .extraRows: return (rows.duplicating(chosen), nil)
        case .badCandidate, .oneDigit:
            return (rows.disturbing(chosen, identity, kind == .oneDigit), nil)
        }
    }
}

extension Batch {
    fileprivate func without(_ chosen: [Int]) -> Batch {
        let gone = Set(chosen)
        return gather(by: Selection((0..<rowCount).filter { !gone.contains($0) }))
    }

    /// The same rows with those at `chosen` twice.
    fileprivate func duplicating(_ chosen: [Int]) -> Batch {
        let twice = Set(chosen)
        return gather(
            by: Selection((0..<rowCount).flatMap { twice.contains($0) ? [$0, $0] : [$0] })
        )
    }

    /// The same rows with another number in the first result that is one.
    fileprivate func disturbing(
        _ chosen: [Int],
        _ identity: WindowIdentity,
        _ onlyLastDigit: Bool
    ) -> Batch {
        let names = Set(identity.key + [identity.start, identity.end, identity.end + 1])
        for (index, column) in columns.enumerated() where !names.contains(index) {
            var values = (0..<rowCount).map { column.value($0) }
            var hasChanged = false
            for row in chosen {
                switch values[row] {
                case .integer(let number):
                    values[row] = .integer(onlyLastDigit ? number ^ 1 : number &+ 7)
                case .double(let number):
                    values[row] = .double(onlyLastDigit ? number.nextUp : number + 1)
                default: continue
                }
                hasChanged = true
            }
            guard hasChanged else { continue }
            return replacing([index], by: [Column(column.type, values: values)])
        }
        return self
    }
}
