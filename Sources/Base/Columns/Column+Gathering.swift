extension Column {
    /// The selected rows in the selection's order; dictionary columns stay coded.
    package func gather(by selection: Selection) -> Column {
        let gathered: Values =
            switch values {
            case .integers(let buffer): .integers(buffer.gathered(by: selection))
            case .doubles(let buffer): .doubles(buffer.gathered(by: selection))
            case .booleans(let bitmap): .booleans(bitmap.gathered(by: selection))
            case .decimals(let buffer): .decimals(buffer.gathered(by: selection))
            case .texts(let texts): .texts(texts.gathered(by: selection))
            case .coded(let codes, let dictionary):
                .coded(codes: codes.gathered(by: selection), dictionary: dictionary)
            }
        return Column(type, gathered, validity: validity?.gathered(by: selection))
    }

    /// The rows in which `condition`, a BOOLEAN column of the same length, is TRUE.
    package func filter(_ condition: Column) -> Column {
        precondition(condition.count == count, "a condition of another length")
        let selection = Selection(trueRowsOf: condition)
        return selection.count == count ? self : gather(by: selection)
    }
}

extension Batch {
    /// The selected rows in the selection's order.
    package func gather(by selection: Selection) -> Batch {
        precondition(selection.bound <= rowCount, "a selected row is outside the batch")
        return Batch(
            schema: schema,
            columns: columns.map { $0.gather(by: selection) },
            rowCount: selection.count
        )
    }

    /// The rows in which `condition`, a BOOLEAN column of the same length, is TRUE.
    package func filter(_ condition: Column) -> Batch {
        precondition(condition.count == rowCount, "a condition of another length")
        let selection = Selection(trueRowsOf: condition)
        return selection.count == rowCount ? self : gather(by: selection)
    }
}
