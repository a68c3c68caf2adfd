internal import Columns
internal import SQLFront

extension ProgramRun {
    /// The result of a node whose only column is coded, worked out once per dictionary entry.
    ///
    /// nil where the node has other columns, treats NULL as a value, or the dictionary is much larger than
    /// the batch.
    func resultByEntries(_ node: Node, _ index: Int, _ inputs: [Input]) -> Cell? {
        guard let memory = node.memory,
            let position = inputs.firstIndex(where: { !$0.isScalar }),
            inputs.allSatisfy({ !$0.isNullOperand }),
            inputs.indices.allSatisfy({ $0 == position || inputs[$0].isScalar }),
            case .vector(let column) = inputs[position].content,
            case .coded(let codes, let dictionary) = column.values
        else { return nil }
        let entryCount = dictionary.values.count
        guard entryCount > 0 else {
            return Cell(content: .vector(.nulls(node.type, count: batch.rowCount)))
        }
        let results: EntryResults
        if let known = memory.results(for: dictionary) {
            results = known
        } else {
            guard entryCount <= max(batch.rowCount * 4, 64) else { return nil }
            var entries = inputs
            entries[position] = Input(
                column.type,
                .vector(Column(column.type, .texts(dictionary.values)))
            )
            let cell = applied(node, index, entries, count: entryCount)
            results = EntryResults(cell, node.type, count: entryCount)
            memory.remember(results, for: dictionary)
        }
        return results.spread(codes, validity: column.validity, node, index)
    }
}

extension EntryResults {
    /// Takes the results of a node for all entries.
    fileprivate init(_ cell: Cell, _ type: DataType, count: Int) {
        faults = cell.faults
        column = Input(type, cell.content).column(count: count).decoded
        guard case .texts(let values) = column.values else {
            texts = nil
            return
        }
        // Different entries may have come to the same text, and a dictionary's are distinct.
        var known: [[UInt8]: Int32] = [:]
        var builder = TextBuilder(capacity: count)
        var codes: [Int32] = []
        codes.reserveCapacity(count)
        for entry in 0..<count {
            guard !column.isNull(entry) else {
                codes.append(0)
                continue
            }
            let bytes = values.array(entry)
            if let code = known[bytes] {
                codes.append(code)
                continue
            }
            let code = Int32(known.count)
            known[bytes] = code
            builder.append(bytes.span)
            codes.append(code)
        }
        texts = (TextDictionary(builder.finish()), Buffer(codes))
    }

    /// The results of rows by their codes.
    fileprivate func spread(
        _ codes: Buffer<Int32>,
        validity: Bitmap?,
        _ node: Node,
        _ index: Int
    ) -> Cell {
        let count = codes.count
        var known = validity
        if let valid = column.validity {
            let found = pack(count: count, codes) { $0 < valid.count && valid[$0] }
            known = intersection(known, found).flatMap(\.asValidity)
        }
        let values: Column.Values
        switch column.values {
        case .integers(let buffer): values = .integers(gather(buffer, codes, 0))
        case .doubles(let buffer): values = .doubles(gather(buffer, codes, 0))
        case .decimals(let buffer): values = .decimals(gather(buffer, codes, 0))
        case .booleans(let bits): values = .booleans(spreadBits(bits, codes))
        case .texts, .coded:
            guard let texts else { preconditionFailure("texts have a dictionary of their own") }
            values = .coded(codes: gather(texts.codes, codes, 0), dictionary: texts.dictionary)
        }
        return Cell(
            content: .vector(Column(node.type, values, validity: known)),
            faults: rowFaults(codes, validity: validity, index)
        )
    }

    /// The faults of the rows that have a code whose entry failed.
    private func rowFaults(_ codes: Buffer<Int32>, validity: Bitmap?, _ index: Int) -> [Fault] {
        guard !faults.isEmpty else { return [] }
        var reasons = [FaultReason?](repeating: nil, count: column.count)
        for fault in faults { reasons[Int(fault.row)] = fault.reason }
        var found: [Fault] = []
        for row in 0..<codes.count where validity?[row] ?? true {
            let code = Int(codes[row])
            guard code >= 0, code < reasons.count, let reason = reasons[code] else { continue }
            found.append(
                Fault(row: Int32(truncatingIfNeeded: row), node: Int32(index), reason: reason)
            )
        }
        return found
    }
}

/// The element of each code; the code of a NULL row may be any number.
private func gather<Element: BitwiseCopyable & Sendable>(
    _ elements: Buffer<Element>,
    _ codes: Buffer<Int32>,
    _ zero: Element
) -> Buffer<Element> {
    let span = elements.span
    return map(.vector(codes), count: codes.count) { code in
        let entry = Int(code)
        return entry >= 0 && entry < span.count ? span[entry] : zero
    }
}

/// A bit for each row by its code; dictionaries of up to 64 entries are looked up in a register.
private func spreadBits(_ bits: Bitmap, _ codes: Buffer<Int32>) -> Bitmap {
    let words = bits.words.span
    guard bits.count > 64 else {
        let word = bits.count == 0 ? 0 : words[0]
        return pack(.vector(codes), .scalar(word), count: codes.count) { code, word in
            (word &>> UInt64(truncatingIfNeeded: code)) & 1 != 0
        }
    }
    return pack(count: codes.count, codes) { $0 < bits.count && bits[$0] }
}

/// A bit for each row whose code passes; those of codes outside the dictionary are unspecified.
@inline(__always)
private func pack(count: Int, _ codes: Buffer<Int32>, _ test: (Int) -> Bool) -> Bitmap {
    let span = codes.span
    return pack(count: count) { row in
        let code = Int(span[row])
        return code >= 0 && test(code)
    }
}
