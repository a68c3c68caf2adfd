internal import Columns

/// One way a row's value can be chosen: the rows that take it, and where the value comes from.
struct Alternative {
    let rows: Bitmap
    let input: Input
}

extension Call {
    /// For each row the value of the alternative that has it; NULL where none has.
    ///
    /// The rows of alternatives do not overlap.
    func choose(_ alternatives: [Alternative]) -> Column {
        let validity = chosenValidity(alternatives)
        switch type.physical {
        case .integer:
            let chosen = alternatives.reduce(Source<Int64>.scalar(0)) {
                .vector(blend($1.rows, $1.input.integers, $0))
            }
            return Column(type, .integers(materialised(chosen)), validity: validity)
        case .double:
            let chosen = alternatives.reduce(Source<Double>.scalar(0)) {
                .vector(blend($1.rows, $1.input.doubles, $0))
            }
            return Column(type, .doubles(materialised(chosen)), validity: validity)
        case .decimal:
            let chosen = alternatives.reduce(Source<Int128>.scalar(0)) {
                .vector(blend($1.rows, $1.input.decimals, $0))
            }
            return Column(type, .decimals(materialised(chosen)), validity: validity)
        case .boolean:
            let chosen = alternatives.reduce(Bitmap(repeating: false, count: count)) {
                $0 | ($1.rows & $1.input.booleans(count: count))
            }
            return Column(type, .booleans(chosen), validity: validity)
        case .text: return chooseTexts(alternatives, validity: validity)
        }
    }

    private func materialised<Element>(_ source: Source<Element>) -> Buffer<Element> {
        switch source {
        case .scalar(let element): Buffer(repeating: element, count: count)
        case .vector(let buffer): buffer
        }
    }

    private func chosenValidity(_ alternatives: [Alternative]) -> Bitmap? {
        let none = Bitmap(repeating: false, count: count)
        return alternatives.reduce(none) { valid, alternative in
            let rows = alternative.input.validity(count: count).map { $0 & alternative.rows }
            return valid | (rows ?? alternative.rows)
        }.asValidity
    }

    /// The number of the alternative that each row takes; -1 where none does.
    private func choices(_ alternatives: [Alternative]) -> Buffer<Int32> {
        let chosen = alternatives.indices.reduce(Source<Int32>.scalar(-1)) {
            .vector(blend(alternatives[$1].rows, .scalar(Int32($1)), $0))
        }
        return materialised(chosen)
    }

    private func chooseTexts(_ alternatives: [Alternative], validity: Bitmap?) -> Column {
        let choices = choices(alternatives)
        if alternatives.allSatisfy({ $0.input.isScalar }) {
            return chooseConstants(alternatives, choices, validity: validity)
        }
        let sources = alternatives.map(\.input.texts)
        var builder = TextBuilder(capacity: count)
        let span = choices.span
        for row in 0..<count {
            let choice = Int(span[row])
            guard choice >= 0, validity?[row] ?? true else {
                builder.appendEmpty()
                continue
            }
            let source = sources[choice]
            let bytes = source.bytes
            builder.append(bytes.span.extracting(source.range(row)))
        }
        return Column(type, .texts(builder.finish()), validity: validity)
    }

    /// Constant texts stay behind a dictionary, so that what follows works once per text.
    private func chooseConstants(
        _ alternatives: [Alternative],
        _ choices: Buffer<Int32>,
        validity: Bitmap?
    ) -> Column {
        var entries: [Value] = []
        let codes = alternatives.map { alternative -> Int32 in
            guard case .scalar(let value) = alternative.input.content, !value.isNull else {
                return 0
            }
            if let known = entries.firstIndex(of: value.byBytes) { return Int32(known) }
            entries.append(value.byBytes)
            return Int32(entries.count - 1)
        }
        guard !entries.isEmpty else { return .nulls(type, count: count) }
        var builder = TextBuilder(capacity: entries.count)
        for entry in entries {
            if case .bytes(let bytes) = entry { builder.append(bytes.span) }
        }
        let chosen = map(.vector(choices), count: count) { $0 < 0 ? 0 : codes[Int($0)] }
        return Column(
            type,
            .coded(codes: chosen, dictionary: TextDictionary(builder.finish())),
            validity: validity
        )
    }
}
